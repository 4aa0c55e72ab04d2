"""Writes hydra_arguments.json: what Hydra makes of arguments of the command line.

    python -m venv v && v/bin/pip install hydra-core==1.3.8
    v/bin/python make_hydra_reference.py
"""
import json
import math
import os

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Sweep

HERE = os.path.dirname(os.path.abspath(__file__))
ARGUMENTS = r"""
a=1
+a=1
++a=1
~a
~a=1
~a=[1, x]
a
+a
a.b.c=1
a.0.b=1
a..b=1
a.=1
.a=1
=1
a-b_c=1
a b=1
a=
a= 5 
a=-1
a=+1
a=010
a=0x10
a=1_000
a=1:30
a=1.0.0
a=1.5
a=-.5
a=5.
a=1e-3
a=1E+3
a=1e400
a=inf
a=nan
a=true
a=false
a=True
a=yes
a=null
a=NULL
a=[null, Null]
a=~
a=relu
a=hello world
a=  hello   world  
a=5px
a=-
a=$x
a=100%
a=/x/y.csv
a=x|y
a=*
a=??
a=b:c
a=x=y
a=a\b
a=a\\b
a=\[x\]
a=x\,y
a=\ x
a=x\ 
a=\(x\)\{y\}\=\:
a=x(y
a=x)y
a=x[y
a=x]y
a=x{y
a=x}y
a=f(x)
a=range(1,3)
a=it's
a='x y'
a="x y"
a=''
a="1"
a='true'
a='it\'s'
a="it's"
a='a"b'
a="a\"b"
a='a\nb'
a='a\\b'
a='a\\'
a='\\'
a='a\\\'b'
a='a\\\\'
a='x' y
a='x
a="x
a=x'y'
a=a,b
a='a,b'
a=[]
a=[ ]
a=[a,b]
a=[a, b]
a=[ a , b ]
a=[1, 2.5, true, null, x y]
a=[[1,2],[3]]
a=[a b, 'c,d', "e]f"]
a=[a,[b,{c:1}]]
a=[1,2
a=[1,2,]
a=[,]
a=[a=b]
a=[1] x
a={}
a={ }
a={a:1}
a={a: 1}
a={a:1,b:[1,2]}
a={type: adam, learning_rate: 0.1}
a={a: {b: {c: d}}}
a={a:b:c}
a={a\:b: 1}
a={a b: 1}
a={1: 2}
a={a}
a={a:}
a={a: ,b:1}
a={a:1,}
a={'a': 1}
a={a:1
a={a:1}}
a=${seed}
a=${a.b}.x
a=x-${seed}-y
a='${seed}'
a=${env:X,default}
a=[${a},${b}]
a={a:${b}}
a=\${x}
a=${x
a=@x.yaml
a=x#y
a=x;y
a=&x
a=!x
a=x<y
""".removeprefix("\n").removesuffix("\n").split("\n")


def parsed(argument):
    try:
        override = OverridesParser.create().parse_override(argument)
        value = override.value()
    except Exception as error:  # of its parser, of antlr and of the functions it calls
        return {"argument": argument, "error": str(error).splitlines()[0]}
    if isinstance(value, float) and not math.isfinite(value):
        value = str(value)  # which JSON has no number for
    if isinstance(value, Sweep):
        return {"argument": argument, "sweep": True}
    return {"argument": argument, "action": override.type.name, "key": override.key_or_group,
            "value": value}


with open(os.path.join(HERE, "hydra_arguments.json"), "w") as file:
    json.dump([parsed(argument) for argument in ARGUMENTS], file, indent=0)
    file.write("\n")
