"""Wires everything together: settings, urls, the ASGI application, the command line. Imported by nobody."""
