"""`python -m services.recommender.api`."""

from services.recommender.api.process import main

main()
