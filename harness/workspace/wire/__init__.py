"""How a request gets to its route and an answer back to the client. No rule of any service is here."""
