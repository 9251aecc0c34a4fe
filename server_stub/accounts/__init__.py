"""Accounts: who people are, how they sign in, and the tokens that stand for them."""
