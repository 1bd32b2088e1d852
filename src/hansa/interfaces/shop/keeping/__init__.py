"""Pages that are the same for everybody are rendered once and kept, until something that they show changes.

Note [Kept pages]: a wrong page must be impossible, so
  * whose page it is stands in its key: shop, host, which page, and what was asked for, as we understood it
    (`answer.py`). Of what is typed nothing is kept, nor of customers, who may have prices of their own;
  * nothing of the visitor can get into it, because it is rendered without the request. What each answer has of
    its own (the nonce of its scripts, the token of its forms, the number in the cart, what is left to be said)
    is a hole in the page, which is filled when it is sent (`holes.py`);
  * before it is sent we ask how new the catalogue is (Note [Version of the catalogue] in catalog/changes.sql).
    The version is read before the data: in READ COMMITTED each statement sees what was committed when it began,
    so a page may be newer than the version that it is kept under, never older. Then the next visitor sees another
    version, and the page is made anew;
  * it ends with the next moment in which a price list begins or ends, which nobody writes down.
"""
