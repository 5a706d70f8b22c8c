"""Words of English that hold a sentence together, and the commonest verbs and adjectives: nothing of any subject."""


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


BE = _set("is are was were be been being am isn't aren't wasn't weren't")
HAVE = _set("has have had hasn't haven't hadn't")
DO = _set("do does did don't doesn't didn't")
MODAL = _set("will would can could shall should may might must won't wouldn't can't cannot couldn't shouldn't mustn't")
AUXILIARIES = BE | HAVE | DO | MODAL
DETERMINERS = _set("the a an this that these those its their his her my our your some any every each all both no")
QUESTION_WORDS = _set("who whom whose what which when where why how who's what's where's when's how's")
PREPOSITIONS = _set(
    """of in on at by for from to with without about against between among under over after before since until during
    through into onto within across along around behind beyond near off per than towards toward upon via despite except
    like as according"""
)
CONJUNCTIONS = _set("and or but nor so because although though while if whether unless whereas once then")
PRONOUNS = _set(
    """i you he she it we they him them us me himself herself itself themselves mine yours hers theirs someone anyone
    everyone nobody somebody anybody something anything everything nothing there here one ones none"""
)
ADVERBS = _set(
    """actually afterwards again ago almost alone already also away back currently down earlier else even ever
    exactly few finally instead just later later least less many maybe more most much never not now officially
    often only out perhaps please quite really recently several still today together too twice up usually very yet"""
)
ORDINALS = _set(
    "first second third fourth fifth sixth seventh eighth ninth tenth last latest next previous earlier later other"
)
# The commonest verbs: they end a subject ("when did the group | finish ...") where no function word does.
VERBS = _set(
    """accept act add adopt affect agree aim allow answer appear apply appoint approve argue ask attack attend avoid
    back ban become begin believe belong blame break bring build buy call cause change choose claim come compare contain
    continue cost cover create cut deal decide declare define demand deny depend describe design develop die differ do
    drop end endorse enter establish exist expect explain face fail fall fear feel fight find finish follow force form
    found gain get give go grow handle happen have help hold hurt include increase introduce invent invite issue join
    keep kill know lack last launch lead learn leave let lie list live look lose make manage mark matter mean meet
    mention move name need object offer open oppose order own participate pass pay pick plan play prefer prepare present
    prevent produce promise propose protect prove provide publish put raise reach react read receive recommend refuse
    reject release remain remove replace report represent require resign respond rest return rule run say see seek
    sell send
    serve set share show sign speak split spread stand start state stay stop succeed suffer suggest support survive take
    talk target tell think treat trust try turn use visit vote wait want warn win work write"""
)
PAST = _set(
    """became began broke brought built came chose cut did fell felt fought found gave got grew held hurt kept knew led
    left lost made meant met paid put ran said sat saw sent set shut sold spoke spent split stood struck taught thought
    told took went won wrote been begun broken chosen done fallen given gone grown hit known seen shown spoken stolen
    taken written"""
)
ADJECTIVES = _set(
    """bad better big binding certain clear common controversial cheap costly dangerous difficult easy effective enough
    expensive fair free good hard harmful helpful illegal important impossible lawful legal likely mandatory necessary
    new normal obligatory old open permanent permitted popular possible private public real relevant responsible right
    risky safe secret secure serious strong successful true unlawful unlikely urgent useful useless usual voluntary weak
    worthwhile worth wrong"""
)
# With these a subject is enough: "when did it begin?" leaves nothing open, "when did it join?" does.
COMPLETE_ALONE = _set(
    """appear arrive become begin begun back come die disappear emerge end exist fall fail grow happen last leave live
    operate return rise spread start stop survive work"""
)
FUNCTION_WORDS = AUXILIARIES | DETERMINERS | QUESTION_WORDS | PREPOSITIONS | CONJUNCTIONS | PRONOUNS | ADVERBS

PERSONS = _set("he him his himself she her hers herself")
GROUPS = _set("they them their theirs themselves these those")
THINGS = _set("it its itself this that")
POSSESSIVE = _set("its their his her theirs hers")
# Words that begin another clause, so that a pronoun behind them can stand for something before them.
BOUNDARIES = CONJUNCTIONS | _set("when that who which what how why after before since where than as until")
# Who makes something speaks of it afterwards: "when did the state create the post?", "who pays for it?".
MAKING = _set(
    """adopt announce build create design develop draft establish finish form found have introduce invent issue launch
    make organise organize prepare produce propose publish release write built had made written"""
)
# What stands between an "it" that stands for nothing and its clause: "does it take long to", "is it true that".
DUMMY = ADJECTIVES | _set(
    "take takes took taken cost costs mean means matter seem seems appear time make sense pay help worth"
)
# "Is it hard to remove?" asks of a thing, "is it legal to hack?" does not.
TOUGH = _set("difficult hard easy expensive safe")
# Verbs behind "the second" when it stands without a noun.
AFTER_SUBJECT = _set("say mean cover ask require fail end start begin work happen report")
# Verbs whose subject is what a question asks for, when it asks for what came next.
COMES_NEXT = _set("comes came come follows followed replaces replaced replace succeeds succeeded precedes preceded")
CONNECTIVES = _set("and but so or then also")
# Words that compare with something said, or add to it.
CUES = _set(
    """also too else same other others another again afterwards instead later next previous neither either both
    similar"""
)
# "The internet" is the same one for everybody, whatever was spoken of.
EVERYWHERE = _set("internet web net world cloud media public press future past present law police")
# "The date?" is always the date of something.
RELATIONAL = _set(
    """aim author authors budget chair chairman cost costs damage date deadline goal head idea leader members name
    number
    outcome participants point price problem purpose reason reasons rest result results size"""
)
COUNTED = _set("people persons countries states nations companies members times years months days")
# Of countries and unions, as against abbreviations of other bodies.
COUNTRIES = _set("US USA U.S UK U.K EU UAE UN")
UNIONS = _set("united republic kingdom states union emirates netherlands")
TITLES = _set(
    """president minister secretary ambassador chair chairman chairwoman senator director chancellor commissioner
    general foreign prime vice deputy state mr mrs ms dr professor sir judge governor mayor representative envoy king
    queen prince colonel captain coordinator former then"""
)
# Words of the names of bodies, texts, events and places: no person bears them.
IMPERSONAL = _set(
    """academy accord act affairs agency agenda agreement alliance assembly association authority bank board bureau call
    campaign center centre charter city code college command commission committee company compact conference congress
    convention corporation council court declaration department directive east embassy federation festival force
    foundation forum framework fund government group guide handbook index initiative institute island islands
    league letter manual mechanism ministry mission museum nations network new north office operation organisation
    organization pact panel parliament party plan platform policy prize process programme program project protocol
    report resolution river road school sea section security senate service services society south state states
    strategy summit survey team treaty tribunal union university valley war week west world"""
)
BEFORE_PERSON = TITLES | _set("by named appointed made elected chose under with")
BEFORE_PLACE = _set("in at from to the near of a an")
