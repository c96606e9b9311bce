"""The closed vocabularies: every allowed value of every categorical column, with its meaning.

The order of the values is their order as levels of a categorical.
"""

DATE_PRECISION = {
    "day": "the day is known",
    "month": "only the month is known",
    "year": "only the year is known",
}

EVENT_TYPE = {
    "arms_transfer": (
        "one deal: one supplier, one recipient, one contract, gift, loan, lease or licence"
    ),
    "joint_exercise": (
        "one edition of an exercise, joint patrol or command-post drill of two or more states"
    ),
    "intervention": "one deployment of one intervener into one target state for one purpose",
    "pme_program": (
        "one edition, cohort or agreement of a programme that educates or trains another "
        "state's military, police or security personnel"
    ),
}

STATUS = {
    "announced": "said to be coming; no page shows more",
    "contracted": "signed or approved; no page shows that it has begun",
    "under_way": "begun (deliveries, deployment, course); no page shows its end",
    "completed": "held, delivered, withdrawn or graduated",
    "cancelled": "called off by a party before it happened or was complete",
    "postponed": "put off, and no page shows that it was held later",
    "intercepted": "stopped on the way by a third party",
}

EVIDENCE_GRADE = {
    "A": "two or more publishers, at least one of which no state or party to the event controls",
    "B": "two or more publishers, each controlled by a state or a party to the event",
    "C": "one publisher, which no party to the event controls",
    "D": "one publisher, controlled by a party to the event",
}

ROLE = {
    "supplier": "transfers the arms (not necessarily their maker)",
    "recipient": "receives the arms",
    "organiser": "organises the exercise (both sides of a bilateral one)",
    "host": "exercise held on its territory or in its waters",
    "participant": "takes part with forces; in interventions, a contingent of a mission",
    "observer": "watches without forces; never counted as taking part",
    "intervener": "the state, organisation, coalition or private military company that deploys",
    "target": "the state in which the intervention takes place",
    "supported": "an actor the intervention helps",
    "opposed": "an actor the intervention is directed against",
    "provider": "whose institution or instructors teach",
    "trainee": "the state whose personnel are taught",
}

#: Roles that "took part" supports, without a page naming the role.
TOOK_PART = frozenset({"organiser", "host", "participant"})

REGIME = {
    "0": "closed autocracy",
    "1": "electoral autocracy",
    "2": "electoral democracy",
    "3": "liberal democracy",
}

# --- arms transfers ---------------------------------------------------------------------------

TRANSFER_MODE = {
    "sale": "sold for money",
    "aid": "given: grant, gift, donation",
    "loan": "paid wholly or for the greater part with a loan that the supplier gives, or lent",
    "lease": "leased",
    "licence": "produced by the recipient under the supplier's licence",
    "barter": "paid in kind",
    "unknown": "pages do not say on what terms",
}

VALUE_SCOPE = {
    "contract": "the price of this contract, its spares, training and support included",
    "package": "the price of several contracts, or of goods beyond this deal",
    "loan_ceiling": "the most that a credit line allows",
    "grant": "the worth of a gift as a party states it",
    "estimate": "an outsider's guess",
    "part": "the price of only a part of the deal",
}

WEAPON_CATEGORY = {
    "aircraft": "manned aircraft and helicopters of all kinds",
    "air_defence_systems": "surface-to-air missile systems and anti-aircraft guns",
    "anti_submarine_warfare_weapons": "anti-submarine rockets and their launchers",
    "armoured_vehicles": "tanks, infantry fighting vehicles, armoured personnel carriers and cars",
    "artillery": "guns, howitzers, mortars and rocket launchers",
    "engines": "engines for military aircraft, ships and vehicles, ordered apart",
    "missiles": "guided missiles, torpedoes, bombs and shells, ballistic and cruise missiles",
    "naval_weapons": "naval guns and other ship weapons, ordered apart",
    "satellites": "military satellites",
    "sensors": "radars, sonars and other sensors, ordered apart",
    "ships": "warships, submarines, patrol boats and craft",
    "uav": "unmanned aerial vehicles, loitering munitions included",
    "small_arms": "rifles, pistols, machine guns, grenade launchers and other light weapons",
    "ammunition": "cartridges, unguided shells, rockets, grenades and mines",
    "vehicles_unarmoured": "trucks, jeeps, buses and other unarmoured vehicles",
    "services": "maintenance, modernisation, infrastructure and other services",
    "other": "equipment of no other category",
}

#: Weapon category -> the classes of the UN Register of Conventional Arms its items can fall in.
#: Only for small arms does the class follow from the category; elsewhere it depends on the item
#: (tonnage, calibre, range, armament) and is coded for each.
UNROCA_OF_CATEGORY = {
    "aircraft": ("IV", "V"),
    "air_defence_systems": ("VII",),
    "anti_submarine_warfare_weapons": (),
    "armoured_vehicles": ("I", "II"),
    "artillery": ("III",),
    "engines": (),
    "missiles": ("VII",),
    "naval_weapons": (),
    "satellites": (),
    "sensors": (),
    "ships": ("VI",),
    "uav": ("IV",),
    "small_arms": ("SALW",),
    "ammunition": (),
    "vehicles_unarmoured": (),
    "services": (),
    "other": (),
}

#: Categories that are counted in a deal's quantity only where the deal holds nothing else.
ACCESSORY_CATEGORIES = frozenset(
    {"ammunition", "services", "engines", "missiles", "naval_weapons", "sensors", "other"}
)

#: Categories whose items are so unlike each other that their units are not added up.
UNLIKE_CATEGORIES = frozenset({"ammunition", "services", "other"})

UNROCA = {
    "I": "battle tanks",
    "II": "armoured combat vehicles",
    "III": "large-calibre artillery systems",
    "IV": "combat aircraft and unmanned combat aerial vehicles",
    "V": "attack helicopters",
    "VI": "warships",
    "VII": "missiles and missile launchers",
    "SALW": "small arms and light weapons",
}

CONDITION = {
    "new": "newly made",
    "second_hand": "used before",
    "refurbished": "used before and overhauled or modernised for this deal",
}

# --- joint exercises --------------------------------------------------------------------------

EXERCISE_FORMAT = {
    "field_exercise": "troops act on land; goes with the domain `land`",
    "command_post": "staffs without (most of) their troops",
    "table_top": "discussion around a scenario",
    "live_fire": "live ammunition is fired",
    "naval": "ships act at sea; goes with the domain `sea`",
    "air": "aircraft or air defence act; goes with the domain `air`",
    "airborne": "parachute or helicopter landing",
    "amphibious": "landing from the sea",
    "joint_patrol": "a common patrol by ships, aircraft or border troops",
    "passing_exercise": "a short drill of ships that meet (PASSEX)",
    "special_forces": "special-operations troops",
    "logistics": "supply, transport, repair",
    "medical": "medical service",
    "cyber": "computer networks",
}

DOMAIN = {
    "land": "ground troops, paratroopers or special units act on land",
    "sea": "at sea",
    "air": "in the air: aircraft act, or air defence on land",
    "cyber": "in computer networks",
    "space": "in space",
    "internal_security": "police, interior, border, coast guard, drug-control or security-service "
    "forces take part, by themselves or beside the armed forces",
}

EXERCISE_FOCUS = {
    "warfighting": "combat against a regular opponent",
    "counterterrorism": "action against terrorists",
    "counterinsurgency": "action against rebels or illegal armed groups",
    "peacekeeping": "peacekeeping or peace support",
    "maritime_security": "safety of sea lanes and waters",
    "humanitarian": "disaster relief and humanitarian assistance",
    "search_and_rescue": "search and rescue",
    "border_security": "guarding a border",
    "public_order": "riots, mass unrest, protection of the government",
    "counter_narcotics": "action against drug traffic",
    "counter_piracy": "action against pirates",
    "air_defence": "defence of airspace",
    "cbrn": "protection from chemical, biological, radiological and nuclear weapons",
    "cyber_defence": "defence of networks",
    "logistics": "support of forces",
    "other": "a purpose of no other kind",
}

# --- interventions ----------------------------------------------------------------------------

SUPPORTED_SIDE = {
    "government": "the government of the target",
    "opposition": "rebels, separatists or an opposition of the target",
    "neutral": "no side",
    "other": "another actor",
}

DIRECTION = {
    "0": "neutral, supports no side",
    "1": "supports the government",
    "2": "opposes rebels or an opposition",
    "3": "opposes the government",
    "4": "supports rebels or an opposition",
    "5": "supports or opposes the government of a third party",
    "6": "supports or opposes rebels in sanctuary",
}

ACTIVITY = {
    "0": "no activity of the troops",
    "1": "evacuation",
    "2": "transport or observation",
    "3": "patrol, guard or defence",
    "4": "intimidation",
    "5": "combat",
}

FORCE_TYPE = {
    "regular": "regular ground troops",
    "pmc": "a private military company",
    "advisers": "advisers or instructors",
    "air": "aircraft or air defence",
    "naval": "ships",
    "peace_enforcement": "a force sent to impose or keep peace, such as peacekeepers",
    "police": "police or gendarmerie",
}

TRIGGER = {
    "civil_war": "civil war",
    "insurgency": "insurgency",
    "coup": "coup or mutiny",
    "mass_protest": "mass protest or unrest",
    "succession_crisis": "disputed succession",
    "election_crisis": "disputed election",
    "interstate_war": "war between states",
    "terrorism": "terrorist attacks or groups",
    "border_dispute": "border dispute",
    "state_collapse": "collapse of the state",
    "other": "another cause",
}

MANDATE = {
    "none": "no mandate of an organisation",
    "un": "mandate of the UN Security Council",
    "regional": "mandate of a regional organisation",
}

# --- professional military education -----------------------------------------------------------

PME_KIND = {
    "degree": "academic degree",
    "war_college": "war college or national defence university course (colonel and above)",
    "staff_course": "command and staff course",
    "cadet_training": "basic officer or cadet training",
    "specialist_course": "course for a branch or a technical speciality",
    "short_course": "seminar or course of up to about three months",
    "unit_training": "training of formed units or recruits, mobile training teams",
    "police_training": "training of police, gendarmerie or security services",
    "academy_support": "building, equipping or staffing a school abroad",
    "scholarship": "places offered at the provider's schools",
}

FUNDING = {
    "provider": "the provider pays",
    "recipient": "the recipient pays",
    "third_party": "someone else pays",
    "shared": "cost is shared",
}

PERIOD = {
    "one_off": "held once",
    "annual": "one of a yearly series",
    "standing": "goes on without fixed end",
}

# --- claims and sources -------------------------------------------------------------------------

QUALIFIER = {
    "about": "the page says about, some, nearly",
    "more_than": "the page says more than, over",
    "at_least": "the page says at least, no fewer than",
    "up_to": "the page says up to, as many as",
    "less_than": "the page says less than, fewer than",
    "estimated": "the page gives it as an estimate or allegation",
    "planned": "the page gives it as a plan",
    "so_far": "the page counts up to its own day; more came later",
    "range_low": "lower end of a range on the page",
    "range_high": "upper end of a range on the page",
}

RELATION = {
    "supports": "reports the released value (or a more precise date)",
    "compatible": "reports a less precise date that holds the released one, or an earlier stage",
    "differs": "reports another value",
    "not_adopted": "reports something the event leaves out",
}

PUBLISHER_KIND = {
    "news_agency": "news agency",
    "newspaper": "newspaper",
    "broadcaster": "radio or television",
    "magazine": "magazine or trade journal",
    "website": "online news site",
    "government": "government body",
    "armed_forces": "armed forces or defence ministry",
    "intergovernmental": "intergovernmental organisation",
    "think_tank": "think tank",
    "academic": "university or scholarly publisher",
    "encyclopaedia": "encyclopaedia",
    "company": "company",
    "ngo": "non-governmental organisation",
    "other": "another kind",
}

ACTOR_KIND = {
    "state": "state",
    "organisation": "intergovernmental organisation",
    "coalition": "coalition or joint force",
    "armed_group": "armed group",
    "pmc": "private military company",
    "other": "another actor, such as a de facto authority",
}

#: The most years of a cell that one query of an open search can answer for.
YEARS_A_QUERY = 10

SEARCH_SCOPE = {
    "open": "the whole cell (type, actors, years) was asked, not one system, series or school; "
    f"only such a cell can hold a zero, where there is a query for every {YEARS_A_QUERY} years at "
    "least",
    "named": "an event, a system, a series or a school was looked up by name",
}

SEARCH_OUTCOME = {
    "found": "at least one event was coded",
    "none": "nothing in scope was found",
    "unclear": "something was found that no page makes codable",
}
