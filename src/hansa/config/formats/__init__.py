"""How the back office writes dates and times: the same way as the pages of our own."""
