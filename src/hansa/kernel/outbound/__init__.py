"""Calls to addresses that somebody else has given us: webhooks, pictures by URL.

How to use it: `client.fetch(url, …)` reads, `client.post(url, …)` sends; `client.check_address(url)` tells
early, when an address is typed in, whether it could ever be called. Never call such an address with anything else.

Note [Other people's addresses]: whoever may tell a server where to call may try to reach what stands
behind the firewall with it. So
  * only https, on port 443 or 8443, no user names in the address;
  * the name is resolved once, each of its addresses must be public, and the connection goes to the very
    address that was looked at: an answer that changes between two lookups changes nothing. Host, SNI and
    certificate are those of the name;
  * a redirect is an answer like any other, and is not followed;
  * there is one deadline for everything together: resolving, connecting, TLS, sending, each byte received;
  * answers are read up to a limit, and never decompressed.
`HANSA_OUTBOUND_ALLOW` names hosts and networks that are called although they are not public, on any
port and over http too: for development, tests, and receivers on the merchant's own network.
With `HANSA_OUTBOUND_PROXY` everything goes through a proxy, which resolves the names, and must itself
refuse what is not public; addresses written as numbers are still refused here.
"""
