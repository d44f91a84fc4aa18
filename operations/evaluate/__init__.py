"""How good the related lists are: labelled sets, metrics, and the fitting of the ranking's weights."""
