"""One module per group of endpoints; each exports `ROUTES`."""
