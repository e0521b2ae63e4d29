"""The calibration files with which each export is read: what a person would write after a look at it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

EXPORTS: Final = Path(__file__).parents[3] / "shared/exports"

HEAD: Final = "title: the quarter\ntimezone: Europe/London\nfrom: 2026-07-06\nto: 2026-10-04\n"

ITEMS: Final = {
    "01-warehouse-iso": """
        path: items.csv.gz
        columns: {item: item_id, created: created_at, started: started_at, completed: completed_at,
                  expired: expired_at, vendor: vendor}
    """,
    "02-us-ampm": """
        path: report*.csv
        columns: {queue: Queue Name, created: Date/Time Opened, started: Date/Time Work Started,
                  completed: Date/Time Closed, agent: Case Owner, item: Case Number}
        queues: {Listings - Kestrel: listings}
    """,
    "03-eu-semicolon": """
        path: export.csv
        columns: {queue: File, created: Reçu, started: Pris en charge, completed: Décidé, handle: Durée (min),
                  item: N° dossier}
        queues: {Réclamations: appeals, Images – EU: images}
    """,
    "04-split-date-time": """
        path: detail.csv
        columns: {queue: Skill, created: [Call Date, Call Time], wait: Queue Wait, handle: Handle Time,
                  agent: Agent Login}
        queues: {LISTINGS_NS: listings}
    """,
    "05-minutes-no-ids": """
        path: images.csv
        columns: {queue: {value: images}, created: Received, started: Taken, completed: Done, expired: Left queue}
    """,
    "07-excel-title-rows": """
        path: case-log.xlsx
        columns: {item: No., completed: Finished, handle: Minutes}
        queues: {Appeals: appeals, Claims ID: claims-id, Listings: listings}
    """,
    "09-tickets-no-pickup": """
        path: issues.csv
        columns: {item: Issue key, queue: Issue Type, completed: {column: Status, is: Done, at: Resolved},
                  expired: {column: Status, is: Cancelled, at: Resolved}, agent: Assignee}
        queues: {Appeals: appeals, Claims ID: claims-id, Images: images}
    """,
    "11-event-log": """
        path: case_events.csv.gz
        rows: events
        columns: {item: case_id, event: event, time: event_time, agent: user}
        events: {created: created, started: [assigned, reassigned], returned: released, completed: decided,
                 expired: expired}
    """,
    "12-several-claims": """
        path: claims.csv.gz
        rows: claims
        columns: {item: item, created: received, started: claimed, completed: closed,
                  returned: {column: outcome, is: RETURNED}}
    """,
    "13-names-mapping": """
        path: tool_log.csv
        columns: {agent: MODERATOR, item: ID}
        queues: {LISTINGS: listings, IMAGES: images}
    """,
    "14-parquet": """
        path: items.parquet
        columns: {item: item_id, created: created_ts, started: first_claim_ts, completed: decision_ts,
                  expired: expired_ts, agent: agent_no, vendor: vendor, handle: handle_ms, wrong: wrong}
    """,
    "15-utf16-tsv": """
        path: Sheet1_crosstab.csv
        columns: {item: Case, created: Opened (UK), started: Picked up (UK), completed: Decided (UK),
                  handle: "Handle (h:mm:ss)", agent: Reviewer}
        queues: {Appeals: appeals, Claims ID: claims-id}
    """,
    "16-two-vendors": """
        files:
        - path: kestrel_pl.csv
          vendor: kestrel
          timezone: Europe/Warsaw
          columns: {queue: kolejka, created: data wpływu, started: rozpoczęcie, completed: zakończenie, item: nr}
        - path: northstar_manila.csv
          vendor: northstar
          timezone: Asia/Manila
          columns: {queue: Skill, created: In (PHT), started: Start (PHT), completed: End (PHT), agent: Associate,
                    item: Ticket}
        queues: {Listings: listings, Appeals: appeals, oferty: listings, odwołania: appeals}
    """,
    "17-weekly-files": """
        files: listings_*.csv
        columns: {queue: {value: listings}, item: id}
    """,
}
"""What stands under `items:`."""

ROSTERS: Final = {
    "01-warehouse-iso": """
        path: roster.csv
        columns: {trained: hired, hired: on_floor}
    """,
    "13-names-mapping": """
        path: hr_roster.csv
        columns: {agent: Employee No, vendor: Partner, team: Site / Shift, trained: Hire Date, hired: Floor Date,
                  left: {column: Last Day, last_day: true}, also: Tool Login}
    """,
    "24a-roster-dmy": """
        path: employees.csv
        columns: {agent: Employee, vendor: Vendor, team: Team, trained: Date of Hire, hired: Date on Floor,
                  left: {column: Date of Termination, last_day: true}}
    """,
    "24b-roster-serials": """
        path: roster.csv
        columns: {trained: hired, hired: first day live, left: {column: last day, last_day: true}}
    """,
}
"""What stands under `roster:`."""

ATTENDANCE: Final = {
    "01-warehouse-iso": """
        path: attendance.csv.gz
        aside: [break, lunch]
        absent: [sick, leave]
    """,
    "13-names-mapping": """
        path: badge_hours.csv
        timezone: Europe/London
        columns: {agent: Employee No, start: From, end: To, activity: State}
        floor: Available
        aside: [Break, Meal]
        offline: Coaching
        absent: [Sick, Annual leave]
    """,
    "25a-attendance-midnight": """
        path: aux_states.csv
        timezone: Asia/Manila
        columns: {start: [Date, From], end: [Date, To], activity: State, vendor: {value: northstar}}
        floor: AVAIL
        aside: [AUX1 Break, AUX2 Lunch]
        offline: AUX5 Coaching
        absent: [SL, VL]
    """,
    "26-schedule-grid": """
        rows: grid
        absent: [AL, SICK]
        files:
        - {path: rota.xlsx, table: {sheet: krakow-late}, timezone: Europe/Warsaw}
        - {path: rota.xlsx, table: {sheet: bogota-day}, timezone: America/Bogota}
    """,
}
"""What stands under `attendance:`."""

QUALITY: Final = {
    "01-warehouse-iso": """
        path: quality.csv
        columns: {date: reviewed_at, checked: {value: "1"}, wrong: {column: correct, is: "false"}}
    """,
}
"""What stands under `quality:`."""

REPORTS: Final = {
    "19-acd-interval": """
        files:
        - {path: listings.csv, queue: listings}
        - {path: images.csv, queue: images}
        timezone: Europe/London
        columns: {period: [Day, Half hour], offered: Offered, handled: Handled, abandoned: Abandoned, aht: AHT,
                  wait: ASA, sla: SL %, backlog: In queue at end, positions: Positions staffed}
    """,
    "20-wfm-hourly": """
        - path: queue_hourly.csv
          timezone: Europe/London
          columns: {period: interval_start, queue: queue, offered: offered, abandoned: abandoned, backlog: backlog_end,
                    sla: sla_pct}
        - path: team_hourly.csv
          timezone: Europe/London
          columns: {period: interval_start, queue: queue, team: team, handled: handled, aht: aht_sec,
                    fte_planned: fte_scheduled, fte_actual: fte_actual,
                    vendor: {column: team, values: {manila-day: northstar, manila-night: northstar,
                                                    bogota-day: kestrel, krakow-late: kestrel}}}
    """,
    "21-weekly-scorecard": """
        - path: scorecard-q3.xlsx
          timezone: Europe/London
          table: {sheet: Summary}
          queues: {Listings: listings, Images: images, Appeals: appeals, Claims ID: claims-id}
          columns: {period: Week, queue: Queue, offered: Received, abandoned: Expired, backlog: Open Sunday night}
          profile: marketplace
        - files:
          - {path: scorecard-q3.xlsx, vendor: northstar, table: {sheet: Northstar}}
          - {path: scorecard-q3.xlsx, vendor: kestrel, table: {sheet: Kestrel}}
          timezone: Europe/London
          queues: {Listings: listings, Images: images, Appeals: appeals, Claims ID: claims-id}
          columns: {period: Week, queue: Queue, offered: Received, handled: Handled, backlog: Open Sunday night,
                    aht: AHT mm:ss, sla: In SLA, fte_planned: Planned FTE, fte_actual: Actual FTE,
                    shrinkage: Shrinkage, joiners: Joiners, leavers: Leavers, accuracy: Accuracy, sample: QA sample}
    """,
    "23-daily-kpi": """
        path: daily.csv
        timezone: Europe/London
        queues: {Listings: listings, Images: images, Appeals: appeals, Claims ID: claims-id}
        columns: {period: Date, queue: Queue, offered: Received, handled: Closed, abandoned: Expired,
                  backlog: Open at midnight, aht: {column: AHT, unit: min}, wait: Avg wait, sla: In SLA,
                  positions: Agents logged in}
    """,
}
"""What stands under `reports:`."""
