"""The plumbing every Carnet service needs: database, events, ids, refusals, HTTP."""
