"""The product's numbers, in one place. Each is a default of the requirements and can be changed here."""

from dataclasses import dataclass

from .env import TEST, env


@dataclass(frozen=True)
class Product:
    STARTING_BALANCE: int = 50
    LOW_BALANCE: int = 10
    CHAT_AWARD_DEFAULT: int = 5
    CHAT_AWARD_MAX: int = 25
    SUMMON_AWARD_DEFAULT: int = 15
    SUMMON_AWARD_MIN: int = 10
    SUMMON_AWARD_MAX: int = 25

    # What a contribution is worth to its author's reputation, and from which score on somebody is what.
    REPUTATION_HELPFUL_VOTE: int = 2
    REPUTATION_UNHELPFUL_VOTE: int = -1
    REPUTATION_SOLUTION: int = 10
    REPUTATION_TUTORIAL: int = 5
    REPUTATION_MENTOR_SESSION: int = 5
    EXPERTISE_INTERMEDIATE: int = 50
    EXPERTISE_EXPERT: int = 200
    EXPERTISE_MASTER: int = 500

    MESSAGE_CHARACTERS: int = 1000
    SECONDS_BETWEEN_MESSAGES: float = env.float("PEERLOOP_SECONDS_BETWEEN_MESSAGES", 1.0)
    HISTORY_PAGE: int = 50
    STREAM_PAGE: int = 40
    RECENT_HOURS: int = 24
    TYPING_SECONDS: int = 3
    ANSWERING_MINUTES: int = 5
    CLAIM_MINUTES: int = 10
    ROOM_TOKEN_MINUTES: int = 60

    TRACKING_SECONDS: float = 0 if TEST else 1
    # How late another process sees a feature switched. In tests an hour: counts of queries shall not depend on speed.
    FLAG_SECONDS: float = 3600 if TEST else 5
    PRESENCE_GRACE_SECONDS: int = env.int("PEERLOOP_PRESENCE_GRACE_SECONDS", 15)
    BACKLOG_BYTES: int = 256 * 1024

    IMAGE_BYTES: int = 5 * 1024 * 1024
    IMAGE_PIXELS: int = 40_000_000
    IMAGES_PER_ITEM: int = 10
    UPLOADS_IN_TEN_MINUTES: int = 60
    UNATTACHED_HOURS: int = 24

    FLAGS_AN_HOUR: int = 30

    SUMMON_SECONDS: int = 120
    SUMMONS_AN_HOUR: int = 6
    # How many helpers hear of a summons at first; twice as many more each time SUMMON_WAVE_SECONDS have passed. 0: all.
    SUMMON_WAVE_SIZE: int = 0
    SUMMON_WAVE_SECONDS: int = 15
    SUMMON_MESSAGE_CHARACTERS: int = 500
    # An expected wait is read off so many past summons of the course, and kept back while there are too few.
    EXPECTATION_CASES: int = 100
    EXPECTATION_MINIMUM: int = 20
    DAILY_CAP_MAX: int = 50
    COOLDOWN_MINUTES: int = 15
    SESSION_MINIMUM_SECONDS: int = 300
    ABANDONED_MINUTES: int = 10
    TURN_SECONDS: int = 6 * 3600

    BOOKING_MINUTES: int = 30
    BOOKING_DAYS: int = 14
    BOOKING_NOTICE_MINUTES: int = 60
    BOOKING_OPENS_MINUTES: int = 10
    BOOKING_REMINDERS_MINUTES: tuple[int, ...] = (24 * 60, 15)
    BOOKINGS_AHEAD: int = 5
    BOOKINGS_AN_HOUR: int = 20

    # Paid help requests. How long one waits for a helper, a helper's time to start, and after how many hours without
    # either of the two a session counts as abandoned.
    HELP_REQUEST_CHARACTERS: int = 5000
    HELP_RESPONSE_CHARACTERS: int = 5000
    REQUEST_MINIMUM: int = 500
    REQUEST_MAXIMUM: int = 50_000
    REQUEST_CLAIM_HOURS: int = 24
    REQUEST_START_MINUTES: int = 15
    REQUEST_ABANDONED_HOURS: int = 4
    REQUESTS_AN_HOUR: int = 10
    OUTCOME_NOTES_CHARACTERS: int = 2000
    # For how many days after a session that was paid for its customer can report a problem.
    PROBLEM_REPORT_DAYS: int = 7
    PROBLEM_CHARACTERS: int = 2000
    RATING_CHARACTERS: int = 500
    # Of fewer ratings no page shows the mean.
    RATINGS_MINIMUM: int = 3
    # With which outcomes a completed session is paid for.
    CAPTURED_OUTCOMES: tuple[str, ...] = ("resolved", "unresolved", "escalated")

    # Free help requests.
    RESPONSES_AN_HOUR: int = 60
    REQUESTS_PAGE: int = 24
    RESPONSES_PAGE: int = 50
    PINS_PER_PHOTO: int = 20
    DRAFT_CHARACTERS: int = 20_000
    SIMILAR_REQUESTS: int = 5
    # The same words sent again within so many minutes are the same request or response: a double click, a retry.
    SAME_WORDS_MINUTES: int = 10

    # Money is in minor units of CURRENCY: cents.
    CURRENCY: str = "usd"
    PAYMENT_OPEN_HOURS: int = 24
    # How often the provider is asked about cards not given yet and holds past their end, and about other holds.
    PAYMENT_LOOK_MINUTES: int = 5
    HOLD_LOOK_MINUTES: int = 60
    PAYMENT_RECONCILE_DAYS: int = 30
    HOLD_WARNING_HOURS: int = 24

    FEED_ITEMS: int = 20
    # The hour of a person's day at which the daily mail leaves unless they choose another.
    DIGEST_HOUR: int = 8
    DIGEST_LINES: int = 20
    OPT_OUT_DAYS: int = 90
    DEVICES_PER_PERSON: int = 10


PEERLOOP = Product()
