"""`python -m services.crawler`."""

from services.crawler.app import main

main()
