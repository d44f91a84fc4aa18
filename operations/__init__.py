"""What an operator does with a running system: account for it, compare it, mend it. The commands are in cli/."""
