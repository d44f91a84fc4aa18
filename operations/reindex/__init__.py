"""A new index beside the live one, filled, compared and swapped in, and the way back.

The indexer feeds the index behind `articles-standby` as it feeds the live one (services/indexer/fed.py), so whatever
comes after the standby's creation is in both, before a swap and after it; what came before is filled in from the
compacted topic. The state is in the aliases alone, so a command that dies leaves a system that serves, and the next
one goes on:

    articles-write, articles -> 000001                                  nothing under way
    articles-write, articles -> 000001   articles-standby -> 000002     being built (or rolled back): swap or abort
    articles-write, articles -> 000002   articles-standby -> 000001     swapped: finish or rollback
"""
