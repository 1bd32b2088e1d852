"""Identity: how django-allauth, which knows the ceremonies of logging in, meets our accounts.

Sign-up, codes, passwords, second factors, passkeys, sessions and single sign-on are allauth's; what we
own are the tables it keeps (inside the wall), the person behind a login, the e-mails, and the limits.
"""
