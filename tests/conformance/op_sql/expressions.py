"""SQL expressions as migrations of Alembic build them: column("a") > 5, func.lower(…), t.update().where(…).

An expression is a list of parts, each a text or an Identifier, so that whoever prints it decides on the quotes. Binding and
parentheses follow SQLAlchemy's table of precedences.
"""
import datetime
import decimal
import uuid

PRECEDENCE = {
    "*": 8, "/": 8, "%": 8, "+": 7, "-": 7, "||": 6, "COLLATE": 4,
    "=": 5, "!=": 5, "<": 5, "<=": 5, ">": 5, ">=": 5, "IS": 5, "IS NOT": 5, "LIKE": 5, "ILIKE": 5, "NOT LIKE": 5,
    "NOT ILIKE": 5, "IN": 5, "NOT IN": 5, "BETWEEN": 5, "NOT BETWEEN": 5, "IS DISTINCT FROM": 5, "IS NOT DISTINCT FROM": 5,
    "NOT": 3, "AND": 3, "OR": 2,
}
CUSTOM = 6  # of col.op("&&")
NATURAL = {"+", "*", "||", "=", "!=", "AND", "OR"}
NEGATED = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">", "IS": "IS NOT", "IS NOT": "IS", "IN": "NOT IN",
           "NOT IN": "IN", "LIKE": "NOT LIKE", "ILIKE": "NOT ILIKE", "NOT LIKE": "LIKE", "NOT ILIKE": "ILIKE",
           "BETWEEN": "NOT BETWEEN", "NOT BETWEEN": "BETWEEN"}
WITHOUT_PARENTHESES = {"current_date", "current_time", "current_timestamp", "current_user", "localtime", "localtimestamp",
                       "session_user", "user"}


class Unsupported(Exception):
    """What the reader does not know; the text says what."""


class Identifier(str):
    """A name that is quoted where it has to be."""


class Sql:
    """`write(qualified)` gives the parts; `operator` is the outermost one, None where nothing can come between."""

    def __init__(self, write, operator=None, operands=()):
        self.write = write
        self.operator = operator
        self.operands = operands

    def parts(self, qualified=False):
        return self.write(qualified)

    def grouped(self, outer=None):
        """The parts, in parentheses where SQLAlchemy puts them beside `outer`; None is "anything may follow"."""
        if self.operator is None or (self.operator == outer and outer in NATURAL):
            return self.write
        if outer is not None and PRECEDENCE.get(self.operator, CUSTOM) > PRECEDENCE.get(outer, CUSTOM):
            return self.write
        return lambda qualified: ["(", *self.write(qualified), ")"]


class Column(Sql):
    def __init__(self, name, table=None, type_=None):
        self.name = name
        self.table = table
        self.type_ = type_
        super().__init__(self.qualified_parts)

    def qualified_parts(self, qualified):
        if not qualified or self.table is None:
            return [Identifier(self.name)]
        return [*self.table.parts(), ".", Identifier(self.name)]


class Table:
    """table() or Table(); `columns` maps names to Columns, None where nothing says which there are."""

    def __init__(self, name, columns=None, schema=None, source=None):
        self.name = name
        self.schema = schema
        self.columns = columns
        self.source = source  # the call of Table(), which can be created

    def parts(self):
        return ([Identifier(self.schema), "."] if self.schema else []) + [Identifier(self.name)]

    def column(self, name):
        if self.columns is not None and name in self.columns:
            return self.columns[name]
        raise Unsupported(f"table {self.name} has no column {name}")


def raw(text):
    return Sql(lambda qualified: [text])


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def literal_text(value):
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float, decimal.Decimal)):
        return str(value)
    if isinstance(value, datetime.datetime):
        return quoted(value.isoformat(" "))
    if isinstance(value, (datetime.date, datetime.time)):
        return quoted(value.isoformat())
    if isinstance(value, (str, uuid.UUID)):
        return quoted(str(value))
    raise Unsupported(f"a constant of {type(value).__name__}")


def literal(value):
    return value if isinstance(value, Sql) else raw(literal_text(value))


def joined(pieces, separator):
    """One function that writes all of the pieces, each a function of `qualified`, with the separator between."""
    def write(qualified):
        parts = []
        for piece in pieces:
            parts += ([separator] if parts else []) + list(piece(qualified))
        return parts
    return write


def binary(left, operator, right):
    if operator in ("=", "!=") and right is None:
        operator = "IS" if operator == "=" else "IS NOT"
    if operator == "+" and (isinstance(left, str) or isinstance(right, str) or is_text(left) or is_text(right)):
        operator = "||"
    left, right = literal(left), literal(right)
    return Sql(joined([left.grouped(operator), right.grouped(operator)], f" {operator} "), operator,
               (left, operator, right))


def is_text(value):
    return isinstance(value, Column) and value.type_ in ("String", "Text", "Unicode", "VARCHAR", "TEXT")


def connected(operator, conditions):
    conditions = [literal(condition) for condition in conditions]
    if len(conditions) == 1:
        return conditions[0]
    return Sql(joined([condition.grouped(operator) for condition in conditions], f" {operator} "), operator)


def negation(value):
    value = literal(value)
    if len(value.operands) == 3 and value.operator in NEGATED:
        left, operator, right = value.operands
        return binary_with(left, NEGATED[operator], right)
    inner = value.grouped("NOT") if value.operator not in ("AND", "OR") else value.grouped()
    return Sql(lambda qualified: ["NOT ", *inner(qualified)], "NOT")


def binary_with(left, operator, right):
    """`right` stands as it is: a list, a range. SQLAlchemy puts NOT IN into parentheses wherever it stands."""
    write = joined([left.grouped(operator), right.write], f" {operator} ")
    if operator == "NOT IN":
        return Sql(lambda qualified: ["(", *write(qualified), ")"], operator, (left, operator, right))
    return Sql(write, operator, (left, operator, right))


def function(name, arguments):
    if name.lower() in WITHOUT_PARENTHESES and not arguments:
        return raw(name.upper())
    inner = joined([literal(argument).write for argument in arguments], ", ")
    return Sql(lambda qualified: [name, "(", *inner(qualified), ")"])


def suffixed(value, suffix):
    value = literal(value)
    return Sql(lambda qualified: [*value.write(qualified), suffix])


def members(values):
    inner = joined([literal(value).write for value in values], ", ")
    return Sql(lambda qualified: ["(", *inner(qualified), ")"])


METHODS = {
    "desc": lambda value: suffixed(value, " DESC"),
    "asc": lambda value: suffixed(value, " ASC"),
    "nulls_first": lambda value: suffixed(value, " NULLS FIRST"),
    "nullsfirst": lambda value: suffixed(value, " NULLS FIRST"),
    "nulls_last": lambda value: suffixed(value, " NULLS LAST"),
    "nullslast": lambda value: suffixed(value, " NULLS LAST"),
    "like": lambda value, other: binary(value, "LIKE", other),
    "ilike": lambda value, other: binary(value, "ILIKE", other),
    "not_like": lambda value, other: binary(value, "NOT LIKE", other),
    "notlike": lambda value, other: binary(value, "NOT LIKE", other),
    "concat": lambda value, other: binary(value, "||", other),
    "is_": lambda value, other: binary(value, "IS", other),
    "is_not": lambda value, other: binary(value, "IS NOT", other),
    "isnot": lambda value, other: binary(value, "IS NOT", other),
    "is_distinct_from": lambda value, other: binary(value, "IS DISTINCT FROM", other),
    "is_not_distinct_from": lambda value, other: binary(value, "IS NOT DISTINCT FROM", other),
    "in_": lambda value, others: binary_with(literal(value), "IN", members(others)),
    "not_in": lambda value, others: binary_with(literal(value), "NOT IN", members(others)),
    "notin_": lambda value, others: binary_with(literal(value), "NOT IN", members(others)),
    "between": lambda value, low, high: binary_with(
        literal(value), "BETWEEN", Sql(joined([literal(low).write, literal(high).write], " AND "))),
    "collate": lambda value, name: binary_with(literal(value), "COLLATE", raw('"' + name + '"')),
    "self_group": lambda value: value,
}


def method(value, name, arguments, options):
    if name == "op":
        return lambda other: binary(value, arguments[0], other)
    if name == "label":
        return value
    if name == "bindparams":
        return value
    if name not in METHODS:
        raise Unsupported(f"the method {name}() of an expression")
    return METHODS[name](value, *arguments)
