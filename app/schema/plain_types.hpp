#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

// The column types that are a word: without length, precision or anything else to say.
namespace support::schema {

// What all of them are inside a Type.
struct PlainTypeName {
  std::string_view sql;
  bool operator==(const PlainTypeName&) const = default;
};

template <std::size_t n>
struct TypeWord {
  constexpr TypeWord(const char (&word)[n]) { std::copy_n(word, n, text); }

  char text[n];
};

template <TypeWord word>
struct PlainType {
  constexpr operator PlainTypeName() const { return {word.text}; }
  bool operator==(const PlainType&) const = default;
};

using Money = PlainType<"MONEY">;
using JsonPath = PlainType<"JSONPATH">;
using Xml = PlainType<"XML">;
using Inet = PlainType<"INET">;
using Cidr = PlainType<"CIDR">;
using MacAddr = PlainType<"MACADDR">;
using MacAddr8 = PlainType<"MACADDR8">;
using TsVector = PlainType<"TSVECTOR">;
using TsQuery = PlainType<"TSQUERY">;

using Int4Range = PlainType<"INT4RANGE">;
using Int8Range = PlainType<"INT8RANGE">;
using NumRange = PlainType<"NUMRANGE">;
using DateRange = PlainType<"DATERANGE">;
using TsRange = PlainType<"TSRANGE">;
using TsTzRange = PlainType<"TSTZRANGE">;
using Int4MultiRange = PlainType<"INT4MULTIRANGE">;
using Int8MultiRange = PlainType<"INT8MULTIRANGE">;
using NumMultiRange = PlainType<"NUMMULTIRANGE">;
using DateMultiRange = PlainType<"DATEMULTIRANGE">;
using TsMultiRange = PlainType<"TSMULTIRANGE">;
using TsTzMultiRange = PlainType<"TSTZMULTIRANGE">;

using Point = PlainType<"POINT">;
using Line = PlainType<"LINE">;
using LSeg = PlainType<"LSEG">;
using Box = PlainType<"BOX">;
using Path = PlainType<"PATH">;
using Polygon = PlainType<"POLYGON">;
using Circle = PlainType<"CIRCLE">;

// The numbers and names of the catalogs.
using Oid = PlainType<"OID">;
using RegClass = PlainType<"REGCLASS">;
using RegType = PlainType<"REGTYPE">;
using RegProc = PlainType<"REGPROC">;
using RegProcedure = PlainType<"REGPROCEDURE">;
using RegRole = PlainType<"REGROLE">;
using RegNamespace = PlainType<"REGNAMESPACE">;
using RegConfig = PlainType<"REGCONFIG">;
using RegDictionary = PlainType<"REGDICTIONARY">;
using RegOper = PlainType<"REGOPER">;
using RegOperator = PlainType<"REGOPERATOR">;
using RegCollation = PlainType<"REGCOLLATION">;
using PgName = PlainType<"NAME">;
using Xid = PlainType<"XID">;
using Xid8 = PlainType<"XID8">;
using Tid = PlainType<"TID">;
using PgSnapshot = PlainType<"PG_SNAPSHOT">;
using TxidSnapshot = PlainType<"TXID_SNAPSHOT">;
using PgLsn = PlainType<"PG_LSN">;

// Of the extensions hstore and citext, which must be created before.
using HStore = PlainType<"HSTORE">;
using CiText = PlainType<"CITEXT">;

}  // namespace support::schema
