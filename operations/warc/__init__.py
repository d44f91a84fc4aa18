"""Web archives: WARC and WET files in, WARC files out."""
