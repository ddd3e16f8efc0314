"""What each analysis of actions must find, planted with its truth: extracts of a retailer's branches, beside those of the world."""
