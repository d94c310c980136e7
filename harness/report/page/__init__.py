"""The parts of the HTML page: what a panel shows, as plain data, and the template, style and behaviour it goes into."""
