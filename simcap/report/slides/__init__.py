"""Slides: what a run or a comparison found, in six to eight of them, for a business review.

`deck` knows a presentation file: its template, its layouts, how equal results give equal bytes. `parts` puts tables,
charts and sentences on a slide so that nothing runs over. `run_deck` and `compare_deck` say what stands on the slides;
`slides` picks and writes the file. Figures come from the review, so they are those of the page and of the workbook.
"""
