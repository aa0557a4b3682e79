"""Every promise of delivery, broken on purpose: one module a row of the table, long form and short.

`make chaos` runs all long forms, `make chaos ROW=kills` one of them; the tests run the short ones.
"""
