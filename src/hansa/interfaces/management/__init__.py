"""The management API, /manage/v1: staff's browsers and integrations with API keys.

Django REST Framework. Each action of each view names the capability that it needs; one that names none
is for nobody. Reads start from query sets that are narrowed to what the caller's permission reaches;
writes are one call of a service.
"""
