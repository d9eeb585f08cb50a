"""A module that cannot be imported, for another reason than that it is missing."""
raise ValueError("broken")
