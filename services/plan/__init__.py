"""The plan: started, revised, compared with fact, foretold."""
