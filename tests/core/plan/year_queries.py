"""What plain queries say of the simulated year: each figure of its cut-offs that one query can count."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.clock import BOGOTA

WAITS = """SELECT min(e.at) - t.issued_at AS waited FROM turns t JOIN events e ON e.turn_id = t.id
    WHERE e.kind = 'picked' AND t.issued_at >= :first AND t.issued_at < :after GROUP BY t.id, t.issued_at"""
WAITS_OF = WAITS.replace("GROUP BY", """AND (t."group" = 'general') = {} GROUP BY""")
QUERIES = {
    "general_wait_mean": f"SELECT sum(waited) / 60000, count(*) FROM ({WAITS_OF.format('TRUE')}) AS waits",
    "priority_wait_mean": f"SELECT sum(waited) / 60000, count(*) FROM ({WAITS_OF.format('FALSE')}) AS waits",
    "turn_attention_mean": """SELECT sum(done.at - begun.at) / 60000, count(*) FROM turns t
        JOIN events begun ON begun.turn_id = t.id AND begun.kind = 'started'
        JOIN events done ON done.turn_id = t.id AND done.kind = 'finished'
        WHERE t.issued_at >= :first AND t.issued_at < :after""",
    "turn_wait_mean": f"SELECT sum(waited) / 60000, count(*) FROM ({WAITS}) AS waits",
    "turn_wait_p90": f"""SELECT waited / 60000 FROM ({WAITS}) AS waits ORDER BY waited LIMIT 1
        OFFSET (SELECT (9 * count(*) + 9) / 10 - 1 FROM ({WAITS}) AS all_waits)""",
    "satisfaction": """SELECT 100.0 * sum(CASE WHEN a.value IN ('4', '5') THEN 1 ELSE 0 END),
        CASE WHEN count(*) >= 10 THEN count(*) ELSE 0 END FROM survey_answers a
        JOIN survey_versions v ON v.id = a.version_id JOIN surveys s ON s.id = v.survey_id
        WHERE a.field = 'all' AND s.kind <> 'needs' AND a.month >= :from_day AND a.month <= :to_day""",
    "needs_answers": """SELECT count(*) FROM survey_responses r JOIN survey_versions v ON v.id = r.version_id
        JOIN surveys s ON s.id = v.survey_id WHERE s.kind = 'needs' AND r.month >= :from_day AND r.month <= :to_day""",
    "survey_response_rate": """SELECT 0.0, CASE WHEN count(*) >= 10 THEN count(*) ELSE 0 END FROM turns
        WHERE state = 'finished' AND state_since >= :first AND state_since < :after""",
    "improvements_effective": """SELECT count(*) FROM improvement_steps WHERE deed = 'verified'
        AND at >= :first AND at < :after""",
    "protocols_read": """SELECT 100.0 * (SELECT count(*) FROM protocol_readings), count(DISTINCT protocol_id)
        FROM protocol_versions WHERE state = 'approved' AND valid_from <= :to_day
        AND (ends_on IS NULL OR ends_on > :to_day)""",
    "turns_attended": """SELECT count(*) FROM turns WHERE issued_at >= :first AND issued_at < :after
        AND state = 'finished'""",
    "turns_abandoned": """SELECT count(*) FROM turns WHERE issued_at >= :first AND issued_at < :after
        AND state IN ('left', 'absent')""",
    "priority_turns": """SELECT count(*) FROM turns WHERE issued_at >= :first AND issued_at < :after
        AND "group" <> 'general'""",
    "petitions_received": """SELECT count(*) FROM petitions WHERE stage <> 'annulled'
        AND received_on >= :from_day AND received_on <= :to_day""",
    "suggestions_received": """SELECT count(*) FROM petitions WHERE NOT confidential AND stage <> 'annulled'
        AND received_on >= :from_day AND received_on <= :to_day AND kind = 'sugerencia'""",
    "petitions_on_time": """SELECT 100.0 * sum(CASE WHEN stage = 'answered' AND stage_on <= due_on THEN 1 ELSE 0 END),
        count(*) FROM petitions WHERE due_on >= :from_day AND due_on <= :to_day""",
    "petitions_online": """SELECT 100.0 * (online - online % 5), whole FROM (SELECT count(*) AS whole,
        sum(CASE WHEN channel IN ('web', 'email') AND NOT confidential THEN 1 ELSE 0 END) AS online
        FROM petitions WHERE received_on >= :from_day AND received_on <= :to_day) AS ways""",
    "survey_answers": """SELECT count(*) FROM survey_responses r JOIN survey_versions v ON v.id = r.version_id
        JOIN surveys s ON s.id = v.survey_id WHERE s.kind <> 'needs' AND r.month >= :from_day AND r.month <= :to_day""",
    "improvements_met": """SELECT 100.0 * sum(CASE WHEN done.at < :after THEN 1 ELSE 0 END), count(*)
        FROM improvements i LEFT JOIN improvement_steps done ON done.improvement_id = i.id AND done.deed = 'done'
        WHERE i.due_on >= :from_day AND i.due_on <= :to_day""",
    "improvements_opened": """SELECT count(*) FROM improvement_steps WHERE deed = 'opened'
        AND at >= :first AND at < :after""",
    "protocols_in_force": """SELECT count(DISTINCT protocol_id) FROM protocol_versions WHERE state = 'approved'
        AND valid_from <= :to_day AND (ends_on IS NULL OR ends_on > :to_day)""",
    "services_listed": """SELECT count(*) FROM service_versions
        WHERE since < :after AND (until IS NULL OR until >= :after)""",
    "channels_in_use": """SELECT count(*) FROM (SELECT channel FROM petitions WHERE NOT confidential
        AND received_on >= :from_day AND received_on <= :to_day UNION SELECT 'in_person' FROM turns
        WHERE state = 'finished' AND issued_at >= :first AND issued_at < :after UNION SELECT 'surveys'
        FROM survey_responses WHERE month >= :from_day AND month <= :to_day) AS ways""",
    "priority_on_time": """SELECT 100.0 * sum(CASE WHEN waited <= 900000 THEN 1 ELSE 0 END), count(*) FROM (
        SELECT min(e.at) - t.issued_at AS waited FROM turns t JOIN events e ON e.turn_id = t.id
        WHERE e.kind = 'picked' AND t."group" <> 'general' AND t.issued_at >= :first AND t.issued_at < :after
        GROUP BY t.id, t.issued_at) AS waits""",
    "services_with_legal_basis": """SELECT 100.0 * sum(CASE WHEN CAST(sheet AS VARCHAR) LIKE '%"norms": [%' THEN 1
        ELSE 0 END), count(*) FROM service_versions WHERE since < :after AND (until IS NULL OR until >= :after)""",
    "plan_publications": """SELECT (SELECT count(*) FROM plans WHERE year = 2026 AND loaded_at >= :first
        AND loaded_at < :after) + (SELECT count(*) FROM plan_snapshots
        WHERE published_at >= :first AND published_at < :after)""",
    "plan_reports": """SELECT count(*) FROM plan_snapshots WHERE edition = 1 AND CASE cutoff
        WHEN 1 THEN '2026-04-30' WHEN 2 THEN '2026-08-31' ELSE '2026-12-31' END
        BETWEEN CAST(:from_day AS VARCHAR) AND CAST(:to_day AS VARCHAR)""",
    "commitments_met": """SELECT 100.0 * sum(CASE WHEN v.done_on IS NOT NULL THEN 1 ELSE 0 END), count(*)
        FROM register_entries e JOIN register_versions v ON v.entry_id = e.id AND v.number = e.latest
        WHERE e.kind = 'commitment' AND v.day >= :from_day AND v.day <= :to_day""",
    "audit_findings_included": """SELECT 0.0, count(*) FROM register_entries e JOIN register_versions v
        ON v.entry_id = e.id WHERE e.kind = 'audit_finding' AND v.day >= :from_day AND v.day <= :to_day""",
    "risk_maps": """SELECT count(*) FROM (SELECT r.office_id FROM risks r LEFT JOIN risk_treatments t
        ON t.risk_id = r.id AND t.at < :after WHERE r.opened_at < :after GROUP BY r.office_id
        HAVING count(*) = count(t.id)) AS offices""",
    "risks_with_causes": "SELECT 100.0 * count(*), count(*) FROM risks WHERE opened_at < :after",
    "risks_described": "SELECT 100.0 * count(*), count(*) FROM risks WHERE opened_at < :after",
    "risk_controls": "SELECT count(*) FROM risk_controls WHERE at < :after",
    "risks_without_control": """SELECT count(*) FROM risks WHERE opened_at < :after
        AND id NOT IN (SELECT risk_id FROM risk_controls WHERE at < :after)""",
    "risks_valued": "SELECT count(DISTINCT risk_id) FROM risk_valuations WHERE at < :after",
    "risk_treatments_done": """SELECT 0.0, count(*) FROM risk_treatments t JOIN improvements i
        ON i.id = t.improvement_id WHERE i.due_on >= :from_day AND i.due_on <= :to_day""",
    "risk_reviews": "SELECT count(*) FROM risk_reviews WHERE at >= :first AND at < :after",
}
"""The figures of the year; those of two columns are a share."""
OF_A_REGISTER = """SELECT count(*) FROM register_entries e
    JOIN register_versions v ON v.entry_id = e.id AND v.number = e.latest
    JOIN register_version_activities a ON a.version_id = v.id JOIN plan_activities p ON p.id = a.activity_id
    WHERE e.kind = :kind AND v.complete AND v.day >= :from_day AND v.day <= :to_day AND p.code = :code"""
"""What was registered for an activity, of the kind whose name the measure has."""


def by_hand(session: Session, name: str, first: date, last: date) -> Fraction | None:
    """What a plain query says of the days from the first to the last."""
    moments = [datetime(one.year, one.month, one.day, tzinfo=BOGOTA) for one in (first, last + timedelta(days=1))]
    values = {"first": int(moments[0].timestamp() * 1000), "after": int(moments[1].timestamp() * 1000)}
    values |= {"from_day": first, "to_day": last}
    query = QUERIES[name]
    row = session.execute(text(query), {key: one for key, one in values.items() if f":{key}" in query}).one()
    if len(row) == 1:
        return Fraction(row[0])
    return Fraction(str(row[0])) / row[1] if row[1] else None


def of_a_register(session: Session, name: str, code: str, first: date, last: date) -> int:
    """How many entries a plain query finds for an activity."""
    kind = name.removeprefix("register_")
    values = {"kind": kind, "code": code, "from_day": first, "to_day": last}
    return int(session.execute(text(OF_A_REGISTER), values).scalar_one())
