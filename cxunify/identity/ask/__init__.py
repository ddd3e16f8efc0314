"""What people ask of identity: why, what if, what to review, how right it is. Reads, never writes a table."""
