"""The months' names, as news pages of many languages write them."""

# Indonesian and English first, then German, French, Spanish, Italian, Portuguese, Dutch, the Nordic languages, Polish,
# Turkish, Russian, Ukrainian, Czech and Romanian; what two languages use for two months is in one or neither.
_NAMES = (
    (
        "januari january jan januar janvier janv enero ene gennaio gen janeiro januári stycznia styczeń ocak jänner "
        "tammikuuta января янв січня ledna ianuarie"
    ),
    (
        "februari pebruari february feb peb februar février févr fevrier febrero febbraio fevereiro fev lutego luty "
        "şubat helmikuuta февраля фев лютого února februarie"
    ),
    (
        "maret march mar mrt märz mars marzo março maart marts marca marzec mart maaliskuuta марта мар березня března "
        "martie"
    ),
    ("april apr avril avr abril abr aprile kwietnia kwiecień nisan huhtikuuta апреля апр квітня dubna aprilie"),
    ("mei may mai mayo maggio mag maio maj maja mayıs mayis toukokuuta мая травня května"),
    ("juni june jun juin junio giugno giu junho czerwca czerwiec haziran kesäkuuta июня июн червня června iunie"),
    ("juli july jul juillet juil julio luglio lug julho lipca lipiec temmuz heinäkuuta июля июл липня července iulie"),
    (
        "agustus august agt agu ags agst aug août aout agosto ago augustus augusti sierpnia sierpień ağustos elokuuta "
        "августа авг серпня srpna"
    ),
    (
        "september sept sep septembre septiembre setiembre settembre setembro set sett września wrzesień eylül "
        "syyskuuta сентября сен вересня září septembrie"
    ),
    (
        "oktober october okt oct octobre octubre ottobre ott outubro out października październik ekim lokakuuta "
        "октября окт жовтня října octombrie"
    ),
    (
        "november nopember nov nop novembre noviembre novembro listopada kasım marraskuuta ноября ноя листопада "
        "listopadu noiembrie"
    ),
    (
        "desember december des dec dezember dez décembre decembre déc diciembre dic dicembre dezembro grudnia "
        "grudzień aralık joulukuuta декабря дек грудня prosince decembrie"
    ),
)
MONTHS = {name: number for number, names in enumerate(_NAMES, start=1) for name in names.split()}
MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
