"""Which protocol a window opens, and at which step."""

from core.protocols.choosing import AtTheWindow, Doing, Offered, cases, fitting, matter
from core.protocols.text import Channel, Moment, Population

GENERAL = Offered(code="P-01", channel=Channel.IN_PERSON, population=Population.EVERYBODY)
PHONE = Offered(code="P-02", channel=Channel.PHONE, population=Population.EVERYBODY)
PREFERENTIAL = Offered(code="P-05", channel=Channel.IN_PERSON, population=Population.PREFERENTIAL)
DEAF = Offered(code="P-06", channel=Channel.ANY, population=Population.DEAF)
BLIND = Offered(code="P-07", channel=Channel.ANY, population=Population.BLIND)
CHILDREN = Offered(code="P-08", channel=Channel.ANY, population=Population.CHILDREN)
UPSET = Offered(code="P-09", channel=Channel.ANY, population=Population.UPSET)
DENIAL = Offered(code="P-10", channel=Channel.ANY, population=Population.DENIAL)
BY_PHONE = Offered(code="P-11", channel=Channel.PHONE, population=Population.UPSET)
OF_TAXES = Offered(
    code="P-12", channel=Channel.ANY, population=Population.EVERYBODY, services=frozenset({TAXES := 7, 8})
)
EVERY = (BY_PHONE, DENIAL, UPSET, CHILDREN, BLIND, DEAF, PREFERENTIAL, PHONE, OF_TAXES, GENERAL)


def test_the_protocol_of_the_service_comes_first_then_that_of_the_group_then_that_of_everybody() -> None:
    table = (
        (AtTheWindow(), [GENERAL]),
        (AtTheWindow(service_id=1), [GENERAL]),
        (AtTheWindow(service_id=TAXES), [OF_TAXES, GENERAL]),
        (AtTheWindow(service_id=1, has_priority=True), [PREFERENTIAL, GENERAL]),
        (AtTheWindow(service_id=TAXES, has_priority=True), [OF_TAXES, PREFERENTIAL, GENERAL]),
        (AtTheWindow(service_id=1, has_priority=True, first_of_all=True), [CHILDREN, PREFERENTIAL, GENERAL]),
    )
    for turn, expected in table:
        assert fitting(EVERY, turn) == expected, turn


def test_the_hard_cases_are_always_offered_and_nobody_is_guessed_to_be_one() -> None:
    for turn in (AtTheWindow(), AtTheWindow(service_id=1, has_priority=True, first_of_all=True)):
        assert cases(EVERY, turn) == [DEAF, BLIND, UPSET, DENIAL]
        assert not {DEAF, BLIND, UPSET, DENIAL} & set(fitting(EVERY, turn))


def test_a_case_tied_to_a_service_is_offered_only_with_it_and_before_the_general_one() -> None:
    tied = Offered(code="P-13", channel=Channel.IN_PERSON, population=Population.UPSET, services=frozenset({TAXES}))
    assert cases([UPSET, tied], AtTheWindow(service_id=TAXES)) == [tied, UPSET]
    assert cases([UPSET, tied], AtTheWindow(service_id=1)) == [UPSET]
    assert fitting([], AtTheWindow()) == []


def test_every_moment_matters_once_between_the_call_and_the_end() -> None:
    assert matter(Doing.WAITING) == matter(Doing.CALLING) == (Moment.CONTACT,)
    met = [moment for doing in (Doing.CALLING, Doing.ATTENDING, Doing.FINISHING) for moment in matter(doing)]
    assert met == list(Moment)
