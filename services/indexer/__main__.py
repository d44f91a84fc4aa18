"""`python -m services.indexer`."""

from services.indexer.app import main

main()
