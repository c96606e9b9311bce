"""The tables: one pandera model each, the single definition of every column.

Arrow schemas, the codebook, the Frictionless package, the form of an event file and the
skeletons of `autocoop new` are all generated from these models.
"""

import pandas as pd
import pandera.pandas as pda

from autocoop.schemas import columns as c
from autocoop.schemas import vocabularies as v
from autocoop.schemas.columns import Boolean, Date, Integer, Text, TextList, column

#: Where the fields of an item of an arms transfer stand in an event file.
ITEM = "details.items.<item>"


class Table(pda.DataFrameModel):
    """What every table has in common: strict columns in a fixed order, nothing coerced."""

    class Config:
        strict = True
        ordered = True
        coerce = False


def no_earlier_than(later: pd.Series, earlier: pd.Series) -> pd.Series:
    """Row by row, true where either date is missing or they are in order."""
    return later.isna() | earlier.isna() | (earlier <= later).fillna(True)


def figures_in_order(data: pd.DataFrame, stem: str) -> pd.Series:
    """Row by row, low <= best <= high, missing ones aside."""
    low, best, high = (data[f"{stem}_{end}"] for end in ("low", "best", "high"))
    return (
        (low.isna() | high.isna() | (low <= high).fillna(True))
        & (best.isna() | low.isna() | (low <= best).fillna(True))
        & (best.isna() | high.isna() | (best <= high).fillna(True))
    ).astype(bool)


class EventColumns(Table):
    """The columns that `events` and the four wide tables share."""

    event_id: Text = c.event_id(unique=True)
    name: Text = column("Name of the event, as the field knows it.", form="name", is_text=True)
    series_id: Text = column(
        "Series of which the event is an edition.",
        nullable=True,
        references="series",
        form="series",
    )
    start_date: Date = c.date(
        "First day of the event; for arms transfers the order date, or the first known date.",
        bound="first",
        form="start",
    )
    start_precision: Text = c.precision("start_date")
    end_date: Date = c.date(
        "Last day of the event; missing where it goes on or no page says.",
        bound="last",
        form="end",
    )
    end_precision: Text = c.precision("end_date")
    year: Integer = column(
        "Year in which the event counts.",
        unit="calendar year",
        derived="year of start_date, or of end_date where no start is known; 2000 for an "
        "intervention that was under way when 2000 began",
        ge=2000,
    )
    status: Text = column(
        "How far the event got, as the pages show.", vocabulary=v.STATUS, form="status"
    )
    last_reported_date: Date = column(
        "For an event under way without a known end: latest day of publication of a cited page "
        "that reports it as under way. It says until when the pages follow the event, not when "
        "it ended. Missing where no such page is dated.",
        nullable=True,
        standard=c.ISO_8601,
        derived="latest published of the sources that report the status under_way; the first "
        "possible day where only a month or a year is known",
    )
    is_end_confirmed: Boolean = column(
        "A page that reports the event as completed gives its end; false where the end stands "
        "only on other pages, and is mostly the one that was planned. Missing without an end.",
        nullable=True,
        derived="status reported by the sources that report the end",
    )
    framework: Text = c.actor_id(
        "Organisation in whose framework the event took place.", nullable=True, form="framework"
    )
    location_iso3: TextList = column(
        "States in which the event took place.",
        nullable=True,
        standard=c.ISO_3166,
        references="actors",
        form="location.country",
    )
    place: Text = column(
        "Places of the event, first place first, joined by '; '.",
        nullable=True,
        form="location.place",
        is_text=True,
    )
    summary: Text = column(
        "The event in one to three sentences, in the coder's own words.",
        form="summary",
        is_text=True,
    )
    source_count: Integer = column(
        "Number of pages cited.", unit="pages", derived="rows of sources", ge=1
    )
    publisher_count: Integer = column(
        "Number of publishers of those pages; a republished text counts for its origin.",
        unit="publishers",
        derived="distinct origin, or publisher, of the event's sources",
        ge=1,
    )
    evidence_grade: Text = column(
        "How well the event is evidenced.",
        vocabulary=v.EVIDENCE_GRADE,
        derived="from the event's publishers: who they are and who controls them",
        is_ordered=True,
    )
    is_double_read: Boolean = column(
        "A second reader coded the event anew from its pages, without seeing the first coding.",
        derived="the event has a coding in validation/reliability/second_reading",
    )
    is_all_autocratic: Boolean = column(
        "Every principal state of the event was an autocracy in its year; missing where a "
        "principal's regime is not known. Principals: supplier and recipient; organisers, hosts "
        "and participants; interveners, contingents and target; provider and trainees. A private "
        "military company counts as its parent state, an organisation is passed over.",
        nullable=True,
        standard=c.ROW_STANDARD,
        derived="regimes of the principals in the event's year",
    )
    version_added: Text = column(
        "Release in which the event first appeared.",
        standard="Semantic Versioning 2.0.0",
        derived="earliest archived release that holds the event, else this one",
        pattern=r"\d+\.\d+\.\d+",
    )

    @pda.dataframe_check(error="end_date is not before start_date", name="dates_in_order")
    def dates_in_order(cls, data: pd.DataFrame) -> pd.Series:
        return no_earlier_than(data["end_date"], data["start_date"])

    @pda.dataframe_check(error="start_date or end_date is known", name="dated")
    def dated(cls, data: pd.DataFrame) -> pd.Series:
        return data["start_date"].notna() | data["end_date"].notna()


class Events(EventColumns):
    type: Text = column("Type of the event.", vocabulary=v.EVENT_TYPE, form="type")
    date_note: Text = column(
        "How a date was settled where a page gives it only relatively or pages disagree.",
        nullable=True,
        form="date_note",
        is_text=True,
    )

    class Config:
        metadata = {"title": "Events", "row": "an event of any type", "key": ["event_id"]}


class Participants(Table):
    event_id: Text = c.event_id()
    actor_id: Text = c.actor_id("The actor that takes part.", form="participants.<actor>")
    role: Text = column("Its role in the event.", vocabulary=v.ROLE, form="participants.<role>")
    start_date: Date = c.date(
        "First day of the actor's part, where it differs from the event's.",
        bound="first",
        form="participants.<actor>.start",
    )
    start_precision: Text = c.precision("start_date")
    end_date: Date = c.date(
        "Last day of the actor's part, where it differs from the event's.",
        bound="last",
        form="participants.<actor>.end",
    )
    end_precision: Text = c.precision("end_date")
    personnel_low: Integer = c.figure(
        "low",
        "the actor's personnel in the event (trainees, for a trainee).",
        unit="persons",
        form="participants.<actor>.personnel",
    )
    personnel_best: Integer = c.figure(
        "best",
        "the actor's personnel in the event (trainees, for a trainee).",
        unit="persons",
        form="participants.<actor>.personnel",
    )
    personnel_high: Integer = c.figure(
        "high",
        "the actor's personnel in the event (trainees, for a trainee).",
        unit="persons",
        form="participants.<actor>.personnel",
    )
    regime: Integer = c.regime(
        "Regime of the actor in the event's year: "
        + ", ".join(f"{key} {value}" for key, value in v.REGIME.items())
        + ". Missing for non-states and states without a classification.",
        nullable=True,
        derived="regimes of the event's year",
    )
    is_regime_carried: Boolean = column(
        "The regime is that of the classification's last year, carried forward.",
        nullable=True,
        derived="event's year is after the classification's last year",
    )

    @pda.dataframe_check(error="end_date is not before start_date", name="dates_in_order")
    def dates_in_order(cls, data: pd.DataFrame) -> pd.Series:
        return no_earlier_than(data["end_date"], data["start_date"])

    @pda.dataframe_check(error="personnel low <= best <= high", name="personnel_in_order")
    def personnel_in_order(cls, data: pd.DataFrame) -> pd.Series:
        return figures_in_order(data, "personnel")

    class Config:
        unique = ["event_id", "actor_id", "role"]
        metadata = {
            "title": "Participants",
            "row": "an actor in a role in an event",
            "key": ["event_id", "actor_id", "role"],
        }


class ArmsTransfers(EventColumns):
    supplier: Text = c.actor_id(
        "Who transfers the arms (not necessarily their maker).", form="participants.supplier"
    )
    recipient: Text = c.actor_id("Who receives the arms.", form="participants.recipient")
    mode: Text = column(
        "Terms of the transfer.", vocabulary=v.TRANSFER_MODE, form="details.mode", nullable=True
    )
    items: TextList = column(
        "Designations of the deal's items; missing where pages name none.",
        nullable=True,
        derived="arms_items.designation, in the file's order",
    )
    categories: TextList = column(
        "Weapon categories of the deal's items; missing where pages name none.",
        nullable=True,
        standard=c.SIPRI_STANDARD,
        members=v.WEAPON_CATEGORY,
        derived="distinct arms_items.category",
    )
    quantity_ordered_low: Integer = c.figure(
        "low", "units ordered in the deal.", unit="units", form="details.quantity_ordered"
    )
    quantity_ordered_best: Integer = c.figure(
        "best",
        "units ordered in the deal. The sum over the principal items (accessories such as "
        "ammunition, missiles, engines, sensors and services count only where the deal holds "
        "nothing else), missing where one of them has no figure or where they are of different "
        "categories or kinds of ammunition, unless a page gives a total; claims stand under the "
        "items.",
        unit="units",
        form="details.quantity_ordered",
    )
    quantity_ordered_high: Integer = c.figure(
        "high", "units ordered in the deal.", unit="units", form="details.quantity_ordered"
    )
    quantity_delivered_low: Integer = c.figure(
        "low", "units delivered in the deal.", unit="units", form="details.quantity_delivered"
    )
    quantity_delivered_best: Integer = c.figure(
        "best",
        "units delivered in the deal, summed as the units ordered are.",
        unit="units",
        form="details.quantity_delivered",
    )
    quantity_delivered_high: Integer = c.figure(
        "high", "units delivered in the deal.", unit="units", form="details.quantity_delivered"
    )
    announced_date: Date = c.date(
        "Day on which the deal became public: the one a page states, else that of the first "
        "dated page found that tells of it as news.",
        bound="first",
        form="details.announced_date",
    )
    announced_precision: Text = c.precision("announced_date")
    order_date: Date = c.date(
        "Day on which the contract was signed or the gift agreed.",
        bound="first",
        form="details.order_date",
    )
    order_precision: Text = c.precision("order_date")
    delivery_start_date: Date = c.date(
        "Day of the first delivery or handover.",
        bound="first",
        form="details.delivery_start_date",
    )
    delivery_start_precision: Text = c.precision("delivery_start_date")
    delivery_end_date: Date = c.date(
        "Day of the last delivery or handover.", bound="last", form="details.delivery_end_date"
    )
    delivery_end_precision: Text = c.precision("delivery_end_date")
    value_usd_low: Integer = c.figure(
        "low", "the deal's value, in dollars.", unit="current US dollars", form="details.value_usd"
    )
    value_usd_best: Integer = c.figure(
        "best",
        "the deal's value, in dollars as the page states them (never converted).",
        unit="current US dollars",
        form="details.value_usd",
    )
    value_usd_high: Integer = c.figure(
        "high", "the deal's value, in dollars.", unit="current US dollars", form="details.value_usd"
    )
    value_original: Integer = column(
        "The deal's value in another currency, where a page states it so.",
        nullable=True,
        unit="units of value_currency",
        form="details.value_original",
        ge=0,
    )
    value_currency: Text = column(
        "Currency of value_original.",
        nullable=True,
        standard=c.ISO_4217,
        form="details.value_currency",
        pattern=r"[A-Z]{3}",
    )
    value_scope: Text = column(
        "What the value covers.",
        nullable=True,
        vocabulary=v.VALUE_SCOPE,
        form="details.value_scope",
    )
    financier: TextList = c.actor_list(
        "Third parties that pay for the deal.", form="details.financier"
    )
    is_reexport: Boolean = column(
        "The supplier passes on arms it had itself received.",
        nullable=True,
        form="details.is_reexport",
    )

    @pda.dataframe_check(error="quantity_ordered low <= best <= high", name="ordered_in_order")
    def ordered_in_order(cls, data: pd.DataFrame) -> pd.Series:
        return figures_in_order(data, "quantity_ordered")

    @pda.dataframe_check(error="quantity_delivered low <= best <= high", name="delivered_in_order")
    def delivered_in_order(cls, data: pd.DataFrame) -> pd.Series:
        return figures_in_order(data, "quantity_delivered")

    @pda.dataframe_check(error="value_usd low <= best <= high", name="value_in_order")
    def value_in_order(cls, data: pd.DataFrame) -> pd.Series:
        return figures_in_order(data, "value_usd")

    @pda.dataframe_check(
        error="delivery_end_date is not before delivery_start_date", name="deliveries_in_order"
    )
    def deliveries_in_order(cls, data: pd.DataFrame) -> pd.Series:
        return no_earlier_than(data["delivery_end_date"], data["delivery_start_date"])

    @pda.dataframe_check(
        error="delivery_end_date is not before order_date", name="delivered_after_order"
    )
    def delivered_after_order(cls, data: pd.DataFrame) -> pd.Series:
        return no_earlier_than(data["delivery_end_date"], data["order_date"])

    class Config:
        metadata = {
            "title": "Arms transfers",
            "row": "a deal: one supplier, one recipient, one contract, gift, loan, lease or "
            "licence",
            "key": ["event_id"],
            "event_type": "arms_transfer",
        }


class ArmsItems(Table):
    event_id: Text = c.event_id()
    item_id: Text = column(
        "Identifier of the item within its event.",
        form=f"{ITEM}.id",
        pattern=c.SLUG_PATTERN,
    )
    designation: Text = column(
        "Designation of the weapon or equipment.",
        form=f"{ITEM}.designation",
        is_text=True,
    )
    category: Text = column(
        "Weapon category.",
        standard=c.SIPRI_STANDARD,
        vocabulary=v.WEAPON_CATEGORY,
        form=f"{ITEM}.category",
    )
    unroca: Text = column(
        "Class in the UN Register of Conventional Arms, where the item is known to fall in one; "
        "missing where it falls in none or its designation does not tell.",
        nullable=True,
        standard="UN Register of Conventional Arms, categories I-VII and SALW",
        vocabulary=v.UNROCA,
        form=f"{ITEM}.unroca",
    )
    quantity_ordered_low: Integer = c.figure(
        "low",
        "units of the item ordered.",
        unit="units",
        form=f"{ITEM}.quantity_ordered",
    )
    quantity_ordered_best: Integer = c.figure(
        "best",
        "units of the item ordered.",
        unit="units",
        form=f"{ITEM}.quantity_ordered",
    )
    quantity_ordered_high: Integer = c.figure(
        "high",
        "units of the item ordered.",
        unit="units",
        form=f"{ITEM}.quantity_ordered",
    )
    quantity_delivered_low: Integer = c.figure(
        "low",
        "units of the item delivered.",
        unit="units",
        form=f"{ITEM}.quantity_delivered",
    )
    quantity_delivered_best: Integer = c.figure(
        "best",
        "units of the item delivered.",
        unit="units",
        form=f"{ITEM}.quantity_delivered",
    )
    quantity_delivered_high: Integer = c.figure(
        "high",
        "units of the item delivered.",
        unit="units",
        form=f"{ITEM}.quantity_delivered",
    )
    condition: Text = column(
        "Condition of the item.",
        nullable=True,
        vocabulary=v.CONDITION,
        form=f"{ITEM}.condition",
    )
    maker: Text = c.actor_id(
        "State that made the item, where it is not the supplier.",
        nullable=True,
        form=f"{ITEM}.maker",
    )

    @pda.dataframe_check(error="quantity_ordered low <= best <= high", name="ordered_in_order")
    def ordered_in_order(cls, data: pd.DataFrame) -> pd.Series:
        return figures_in_order(data, "quantity_ordered")

    @pda.dataframe_check(error="quantity_delivered low <= best <= high", name="delivered_in_order")
    def delivered_in_order(cls, data: pd.DataFrame) -> pd.Series:
        return figures_in_order(data, "quantity_delivered")

    class Config:
        unique = ["event_id", "item_id"]
        metadata = {
            "title": "Arms items",
            "row": "an item of an arms transfer",
            "key": ["event_id", "item_id"],
        }


class JointExercises(EventColumns):
    organisers: TextList = c.actor_list(
        "States or organisations that organise the exercise; both sides of a bilateral one.",
        form="participants.organiser",
    )
    hosts: TextList = c.actor_list(
        "States on whose territory or in whose waters it was held.", form="participants.host"
    )
    participants: TextList = c.actor_list(
        "All that took part with forces: organisers and hosts included, observers not.",
        form="participants.participant",
    )
    observers: TextList = c.actor_list("Those that watched.", form="participants.observer")
    format: TextList = column(
        "Forms the exercise took.",
        nullable=True,
        members=v.EXERCISE_FORMAT,
        form="details.format",
    )
    domain: TextList = column(
        "Domains in which forces acted.", nullable=True, members=v.DOMAIN, form="details.domain"
    )
    focus: TextList = column(
        "Purposes that the pages state.",
        nullable=True,
        standard="terms of the Multinational Military Exercises data where they exist",
        members=v.EXERCISE_FOCUS,
        form="details.focus",
    )
    personnel_low: Integer = c.figure(
        "low", "personnel of all sides.", unit="persons", form="details.personnel"
    )
    personnel_best: Integer = c.figure(
        "best", "personnel of all sides.", unit="persons", form="details.personnel"
    )
    personnel_high: Integer = c.figure(
        "high", "personnel of all sides.", unit="persons", form="details.personnel"
    )
    ships_count: Integer = column(
        "Ships and boats of all sides.",
        nullable=True,
        unit="ships",
        form="details.ships_count",
        ge=0,
    )
    aircraft_count: Integer = column(
        "Aircraft and helicopters of all sides.",
        nullable=True,
        unit="aircraft",
        form="details.aircraft_count",
        ge=0,
    )

    @pda.dataframe_check(error="personnel low <= best <= high", name="personnel_in_order")
    def personnel_in_order(cls, data: pd.DataFrame) -> pd.Series:
        return figures_in_order(data, "personnel")

    class Config:
        metadata = {
            "title": "Joint exercises",
            "row": "an edition of a joint exercise, joint patrol or command-post drill",
            "key": ["event_id"],
            "event_type": "joint_exercise",
        }


class Interventions(EventColumns):
    interveners: TextList = c.actor_list(
        "The state, organisation, coalition or private military company that deploys.",
        form="participants.intervener",
    )
    target: Text = c.actor_id(
        "State in which the intervention takes place.", form="participants.target"
    )
    contingents: TextList = c.actor_list(
        "States whose contingents serve in the mission or coalition.",
        form="participants.participant",
    )
    supported_side: Text = column(
        "Side that the intervention helps.",
        nullable=True,
        vocabulary=v.SUPPORTED_SIDE,
        form="details.supported_side",
    )
    direction: Integer = column(
        "Direction of the intervention: "
        + "; ".join(f"{key} {value}" for key, value in v.DIRECTION.items())
        + ".",
        nullable=True,
        standard=c.IMI_STANDARD,
        form="details.direction",
        isin=[int(key) for key in v.DIRECTION],
    )
    force_types: TextList = column(
        "Kinds of forces deployed.",
        nullable=True,
        members=v.FORCE_TYPE,
        form="details.force_types",
    )
    activity: Integer = column(
        "Highest activity of the troops: "
        + "; ".join(f"{key} {value}" for key, value in v.ACTIVITY.items())
        + ".",
        nullable=True,
        standard=c.IMI_STANDARD,
        form="details.activity",
        isin=[int(key) for key in v.ACTIVITY],
    )
    trigger: Text = column(
        "What the intervention answers to.",
        nullable=True,
        vocabulary=v.TRIGGER,
        form="details.trigger",
    )
    is_invited: Boolean = column(
        "The target's government asked for or agreed to it; false where it protested, or is itself "
        "what the intervener fights.",
        nullable=True,
        form="details.is_invited",
    )
    mandate: Text = column(
        "Mandate of an organisation.",
        nullable=True,
        vocabulary=v.MANDATE,
        form="details.mandate",
    )
    personnel_low: Integer = c.figure(
        "low",
        "personnel of the intervener, all contingents.",
        unit="persons",
        form="details.personnel",
    )
    personnel_best: Integer = c.figure(
        "best",
        "personnel of the intervener, all contingents.",
        unit="persons",
        form="details.personnel",
    )
    personnel_high: Integer = c.figure(
        "high",
        "personnel of the intervener, all contingents.",
        unit="persons",
        form="details.personnel",
    )

    @pda.dataframe_check(error="personnel low <= best <= high", name="personnel_in_order")
    def personnel_in_order(cls, data: pd.DataFrame) -> pd.Series:
        return figures_in_order(data, "personnel")

    class Config:
        metadata = {
            "title": "Interventions",
            "row": "a deployment of one intervener (or mission) into one state for one purpose",
            "key": ["event_id"],
            "event_type": "intervention",
        }


class PmePrograms(EventColumns):
    provider: Text = c.actor_id(
        "State whose institution or instructors teach.", form="participants.provider"
    )
    institution: Text = column(
        "School, academy or programme.", nullable=True, form="details.institution", is_text=True
    )
    recipients: TextList = c.actor_list(
        "States whose personnel are taught, as far as pages name them.",
        form="participants.trainee",
    )
    recipients_named: Integer = column(
        "Number of recipient states that pages name.",
        unit="states",
        derived="length of recipients",
        ge=0,
    )
    kind: Text = column(
        "Kind of education or training.",
        nullable=True,
        vocabulary=v.PME_KIND,
        form="details.kind",
    )
    trainees_low: Integer = c.figure(
        "low", "foreign trainees, all recipients.", unit="persons", form="details.trainees"
    )
    trainees_best: Integer = c.figure(
        "best", "foreign trainees, all recipients.", unit="persons", form="details.trainees"
    )
    trainees_high: Integer = c.figure(
        "high", "foreign trainees, all recipients.", unit="persons", form="details.trainees"
    )
    class_total: Integer = column(
        "Whole class, the provider's own trainees included.",
        nullable=True,
        unit="persons",
        form="details.class_total",
        ge=0,
    )
    recipients_total: Integer = column(
        "Number of recipient states, unnamed ones included.",
        nullable=True,
        unit="states",
        form="details.recipients_total",
        ge=1,
    )
    funding: Text = column("Who pays.", nullable=True, vocabulary=v.FUNDING, form="details.funding")
    period: Text = column(
        "How often the programme is held.",
        nullable=True,
        vocabulary=v.PERIOD,
        form="details.period",
    )

    @pda.dataframe_check(error="trainees low <= best <= high", name="trainees_in_order")
    def trainees_in_order(cls, data: pd.DataFrame) -> pd.Series:
        return figures_in_order(data, "trainees")

    @pda.dataframe_check(error="recipients_total >= recipients_named", name="total_holds_named")
    def total_holds_named(cls, data: pd.DataFrame) -> pd.Series:
        total, named = data["recipients_total"], data["recipients_named"]
        return (total.isna() | (named <= total).fillna(True)).astype(bool)

    class Config:
        metadata = {
            "title": "Professional military education programmes",
            "row": "an edition, cohort or agreement of a programme that educates or trains "
            "another state's military, police or security personnel",
            "key": ["event_id"],
            "event_type": "pme_program",
        }


class Claims(Table):
    event_id: Text = c.event_id()
    source_id: Text = column("The page that says it.", references="sources")
    field: Text = column(
        "Field of the event's file that the page speaks of; one row a member for lists.",
        form="sources[].reports",
    )
    value: Text = column(
        "What the page says, in the schema's terms.", form="sources[].reports", is_text=True
    )
    qualifier: Text = column(
        "How the page qualifies a figure.",
        nullable=True,
        vocabulary=v.QUALIFIER,
        form="sources[].reports",
    )
    event_value: Text = column(
        "The value released for that field; missing where the event leaves it out.",
        nullable=True,
        derived="the event's value of the field, as text",
        is_text=True,
    )
    relation: Text = column(
        "How the claim stands to the released value.",
        vocabulary=v.RELATION,
        derived="comparison of value and event_value",
    )

    class Config:
        unique = ["event_id", "source_id", "field", "value", "qualifier"]
        metadata = {
            "title": "Claims",
            "row": "what one page says about one field of one event",
            "key": ["event_id", "source_id", "field", "value", "qualifier"],
        }


class Sources(Table):
    source_id: Text = column(
        "Identifier of the page as a source of its event.",
        unique=True,
        derived="event_id and the first eight digits of the address's SHA-256",
    )
    event_id: Text = c.event_id()
    url: Text = column(
        "Address of the page.",
        standard="RFC 3986",
        form="sources[].url",
        pattern=r"https?://\S+",
    )
    publisher_id: Text = column(
        "Publisher of the page.", references="publishers", form="sources[].publisher"
    )
    origin_id: Text = column(
        "Publisher whose text the page repeats (a wire story, a mirror); it is the one counted.",
        nullable=True,
        references="publishers",
        form="sources[].origin",
    )
    title: Text = column(
        "Title of the page. Where the text that was read shows none, its opening words or a short "
        "description, or missing.",
        nullable=True,
        form="sources[].title",
    )
    published: Date = c.date(
        "Day on which the page was published; missing where it does not say.",
        bound="first",
        form="sources[].published",
    )
    published_precision: Text = c.precision("published")
    language: Text = column(
        "Language of the page.",
        standard=c.ISO_639,
        form="sources[].language",
        pattern=r"[a-z]{2,3}",
    )
    read: Date = column(
        "Day on which the page was read.", standard=c.ISO_8601, form="sources[].read"
    )

    class Config:
        unique = ["event_id", "url"]
        metadata = {
            "title": "Sources",
            "row": "a page read for an event",
            "key": ["source_id"],
        }


class Publishers(Table):
    publisher_id: Text = column("Identifier of the publisher.", unique=True, pattern=c.SLUG_PATTERN)
    name: Text = column("Name of the publisher.", unique=True, is_text=True)
    domains: TextList = column("Internet domains it publishes on.", nullable=True)
    country: Text = column(
        "State in which it is based; missing for international ones.",
        nullable=True,
        standard=c.ISO_3166,
        references="actors",
    )
    kind: Text = column("Kind of publisher.", vocabulary=v.PUBLISHER_KIND)
    controlled_by: Text = c.actor_id(
        "Actor that owns the publisher and sets its line; missing where none does. Public "
        "broadcasters with editorial independence are not controlled.",
        nullable=True,
    )
    is_state_controlled: Boolean = column(
        "A state controls the publisher.", derived="controlled_by is a state"
    )
    note: Text = column("Remark.", nullable=True, is_text=True)

    class Config:
        metadata = {
            "title": "Publishers",
            "row": "a publisher of pages",
            "key": ["publisher_id"],
            "file": "publishers.csv",
        }


class Actors(Table):
    actor_id: Text = column(
        "Identifier of the actor.",
        standard=f"{c.ISO_3166} for states; capitals for organisations and others",
        unique=True,
        pattern=c.ACTOR_ID_PATTERN,
    )
    name: Text = column("Short English name.", unique=True, is_text=True)
    kind: Text = column("Kind of actor.", vocabulary=v.ACTOR_KIND)
    iso3: Text = column(
        "Code of the state.", nullable=True, standard=c.ISO_3166, pattern=r"[A-Z]{3}"
    )
    cow_code: Integer = column(
        "Number of the state in the Correlates of War system.",
        nullable=True,
        standard="COW State System Membership v2016",
    )
    cow_abbr: Text = column(
        "Abbreviation of the state in the Correlates of War system.",
        nullable=True,
        standard="COW State System Membership v2016",
        pattern=r"[A-Z]{3}",
    )
    gw_code: Integer = column(
        "Number of the state in the Gleditsch-Ward list.",
        nullable=True,
        standard="Gleditsch & Ward (1999), independent states",
    )
    vdem_id: Integer = column(
        "V-Dem's country_id of the state.", nullable=True, standard="V-Dem country units"
    )
    valid_from: Date = column(
        "Day from which the actor exists; missing where it did before 2000.",
        nullable=True,
        standard=c.ISO_8601,
    )
    valid_to: Date = column(
        "Last day on which the actor existed; missing where it still does.",
        nullable=True,
        standard=c.ISO_8601,
    )
    parent: Text = c.actor_id("State or organisation behind the actor.", nullable=True)
    aliases: TextList = column("Other names under which pages write it.", nullable=True)
    note: Text = column("Remark.", nullable=True, is_text=True)

    class Config:
        metadata = {
            "title": "Actors",
            "row": "a state, organisation, coalition, armed group or private military company",
            "key": ["actor_id"],
            "file": "actors.csv",
        }


class Memberships(Table):
    organisation: Text = c.actor_id("The organisation.")
    actor_id: Text = c.actor_id("The member (full members only).")
    from_date: Date = c.date("Day of accession.", bound="first")
    from_precision: Text = c.precision("from_date")
    to_date: Date = c.date("Last day of membership; missing while it lasts.", bound="last")
    to_precision: Text = c.precision("to_date")
    source_url: Text = column("Page that says so.", standard="RFC 3986", pattern=r"https?://\S+")
    source_publisher: Text = column("Publisher of that page.", is_text=True)
    read: Date = column("Day on which the page was read.", standard=c.ISO_8601)

    class Config:
        unique = ["organisation", "actor_id", "from_date"]
        metadata = {
            "title": "Memberships",
            "row": "a spell of a state's membership in an organisation",
            "key": ["organisation", "actor_id", "from_date"],
            "file": "memberships.csv",
        }


class Regimes(Table):
    actor_id: Text = c.actor_id("The state.")
    year: Integer = column("The year.", unit="calendar year", ge=2000)
    regime: Integer = c.regime(
        "Regime of the state in that year: "
        + ", ".join(f"{key} {value}" for key, value in v.REGIME.items())
        + "."
    )
    is_regime_carried: Boolean = column(
        "The regime is that of the classification's last year, carried forward.",
        derived="year is after the classification's last year",
    )

    class Config:
        unique = ["actor_id", "year"]
        metadata = {
            "title": "Regimes",
            "row": "a state in a year",
            "key": ["actor_id", "year"],
        }


class SeriesTable(Table):
    series_id: Text = column("Identifier of the series.", unique=True, pattern=c.SLUG_PATTERN)
    name: Text = column("Name of the series.", is_text=True)
    type: Text = column("Type of its events.", vocabulary=v.EVENT_TYPE)
    framework: Text = c.actor_id("Organisation whose series it is.", nullable=True)
    aliases: TextList = column("Other names of the series.", nullable=True)
    note: Text = column("Remark.", nullable=True, is_text=True)

    class Config:
        metadata = {
            "title": "Series",
            "row": "a series of exercises or programmes",
            "key": ["series_id"],
            "file": "series.csv",
        }


class Searches(Table):
    search_id: Text = column("Identifier of the search.", unique=True, pattern=r"s\d{4,}")
    type: Text = column("Type of event searched for.", vocabulary=v.EVENT_TYPE)
    actor_ids: TextList = c.actor_list("Actors searched for (supplier, organiser …).")
    partner_ids: TextList = c.actor_list(
        "Partners searched for; missing where any partner was asked for."
    )
    series_id: Text = column("Series searched for.", nullable=True, references="series")
    year_from: Integer = column("First year searched for.", unit="calendar year", ge=2000)
    year_to: Integer = column("Last year searched for.", unit="calendar year", ge=2000)
    scope: Text = column("What the search asked.", vocabulary=v.SEARCH_SCOPE)
    languages: TextList = column("Languages of the queries.", standard=c.ISO_639)
    queries: Text = column("The queries, joined by ' | '.", is_text=True)
    searched_on: Date = column("Day of the search.", standard=c.ISO_8601)
    pages_read: Integer = column(
        "Pages that the queries brought up and that were looked through, as far as counted.",
        nullable=True,
        unit="pages",
        ge=0,
    )
    event_ids: TextList = column(
        "Events that were coded from it.", nullable=True, references="events"
    )
    outcome: Text = column("What came of it.", vocabulary=v.SEARCH_OUTCOME)
    note: Text = column("Remark.", nullable=True, is_text=True)

    @pda.dataframe_check(error="year_from <= year_to", name="years_in_order")
    def years_in_order(cls, data: pd.DataFrame) -> pd.Series:
        return data["year_from"] <= data["year_to"]

    class Config:
        metadata = {
            "title": "Searches",
            "row": "a cell of the search frame that was looked up, found or not",
            "key": ["search_id"],
            "file": "searches.csv",
        }


class RetiredIds(Table):
    event_id: Text = c.event_id(unique=True)
    retired_in: Text = column(
        "Release from which the event is gone.",
        standard="Semantic Versioning 2.0.0",
        pattern=r"\d+\.\d+\.\d+",
    )
    replaced_by: Text = column("Event that took its place.", nullable=True, references="events")
    reason: Text = column("Why it was retired.", is_text=True)

    class Config:
        metadata = {
            "title": "Retired identifiers",
            "row": "an event identifier that is no longer used, and never will be again",
            "key": ["event_id"],
            "file": "retired_ids.csv",
        }


#: Every table, in the order in which they are documented.
MODELS: dict[str, type[Table]] = {
    "arms_transfers": ArmsTransfers,
    "joint_exercises": JointExercises,
    "interventions": Interventions,
    "pme_programs": PmePrograms,
    "events": Events,
    "participants": Participants,
    "arms_items": ArmsItems,
    "claims": Claims,
    "sources": Sources,
    "publishers": Publishers,
    "actors": Actors,
    "memberships": Memberships,
    "regimes": Regimes,
    "series": SeriesTable,
    "searches": Searches,
    "retired_ids": RetiredIds,
}
