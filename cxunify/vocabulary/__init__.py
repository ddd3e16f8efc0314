"""What words and values mean, once, for every layer: lists are data files, readings are SQL fragments and SELECTs.

Nothing here opens a table. A module takes the SQL of a text (or of a relation of texts) and gives the SQL of what it means, so that
identity, profile, quality and a lookup cannot understand one cell in different ways. A placeholder is added in one place:
data/placeholders.csv.
"""
