"""What records say, one spelling for each thing, and which of it is evidence; whom to compare with whom."""
