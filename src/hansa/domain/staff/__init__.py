"""Staff: who may do what in a shop's back office and management API.

We own Role, Assignment, Invitation, ApiKey, SupportGrant and ObjectPermission. A role is a set of
capabilities, such as `orders.refund`, that the merchant puts together; a person has the capabilities of
all their roles, and may be limited to some warehouses or categories. Nothing is allowed that no
capability allows: a permission that nobody declared is a refusal. Nobody can give what they do not
have. A shop always has somebody with the role of its owner.
"""
