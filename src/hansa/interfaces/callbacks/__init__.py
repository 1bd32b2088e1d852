"""Where payment providers call us: `POST /callbacks/<provider>`, on the host of the shop."""
