"""A payment provider without a bank, for tests and demonstrations: the method says what happens.

`ok` is paid, `declined` is declined, `needs_action` waits for the shopper, `authorise` is held until
it is captured, `slow` is paid after two seconds, `timeout` is charged but does not answer. What was
"charged" stands in a table of its own, written in a transaction of its own, as another company
would keep it: after any crash here, `find` tells the truth.
"""
