"""What every other part stands on: ids, money, clock, tenancy, transactions, errors. Imports nobody."""
