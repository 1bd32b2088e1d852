"""Catalogue: what a merchant sells, and the finished page of it that shoppers read.

We own Category, Product, Variant, ProductImage, Attribute and ProductAttribute; and, derived from
them by one SQL function in the writing transaction, the listing: Listing, Placement and
ListingAttribute.

Our words: a *product* is what a shopper looks at, a *variant* is what goes into a cart. A variant is
identified by its product and its option values ("Blue", "M"); a SKU is optional, as real files need.
A *placement* is one product's place in one category, or in the whole shop.

Invariants: a slug names one live product; a category's slug is unique beside its siblings; an
archived row keeps its data, leaves every listing and gives its slug back; the listing always says
what the tables say.
"""
