"""Pages for people who were not there: one self-contained HTML file for each folder of results.

In: a folder of results; out: `report.html` in it. Everything a page shows comes from disk, so that it can be made
again at any time, byte for byte. Templates and the style sheet are files of this package; figures are small SVGs made
here, which follow the page's colours, light and dark. No page loads or runs anything.
"""
