"""Privacy: what the shop knows of a person, all of it for them to take along, and all of it to be forgotten.

We own no table; we know which contexts know people. A context that begins to know them is added to
`selectors.py` and to `services/erase_person.py`.
"""
