//! The labels of encodings (<https://encoding.spec.whatwg.org/#names-and-labels>): one text for each
//! encoding, which takes a third of the room of a list.

use encoding_rs::Encoding;

/// The encoding that a label names; none for those that are there to be refused ("replacement").
pub(super) fn encoding(label: &str) -> Option<&'static Encoding> {
    let label = label.trim_matches(['\t', '\n', '\x0c', '\r', ' ']);
    let names = |labels: &str| labels.split(' ').any(|it| it.eq_ignore_ascii_case(label));
    LABELS.iter().find(|(_, labels)| names(labels)).map(|(encoding, _)| *encoding)
}

/// Each encoding, the most used ones first, and its labels.
#[rustfmt::skip]
static LABELS: [(&Encoding, &str); 39] = [
    (&encoding_rs::UTF_8_INIT, "utf-8 unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf8 x-unicode20utf8"),
    (&encoding_rs::WINDOWS_1252_INIT, "ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591 iso_8859-1 iso_8859-1:1987 l1 latin1 us-ascii windows-1252 x-cp1252"),
    (&encoding_rs::UTF_16LE_INIT, "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le"),
    (&encoding_rs::UTF_16BE_INIT, "unicodefffe utf-16be"),
    (&encoding_rs::BIG5_INIT, "big5 big5-hkscs cn-big5 csbig5 x-x-big5"),
    (&encoding_rs::EUC_JP_INIT, "cseucpkdfmtjapanese euc-jp x-euc-jp"),
    (&encoding_rs::EUC_KR_INIT, "cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 windows-949"),
    (&encoding_rs::GB18030_INIT, "gb18030"),
    (&encoding_rs::GBK_INIT, "chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 x-gbk"),
    (&encoding_rs::IBM866_INIT, "866 cp866 csibm866 ibm866"),
    (&encoding_rs::ISO_2022_JP_INIT, "csiso2022jp iso-2022-jp"),
    (&encoding_rs::ISO_8859_10_INIT, "csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 latin6"),
    (&encoding_rs::ISO_8859_13_INIT, "iso-8859-13 iso8859-13 iso885913"),
    (&encoding_rs::ISO_8859_14_INIT, "iso-8859-14 iso8859-14 iso885914"),
    (&encoding_rs::ISO_8859_15_INIT, "csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9"),
    (&encoding_rs::ISO_8859_16_INIT, "iso-8859-16"),
    (&encoding_rs::ISO_8859_2_INIT, "csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2 latin2"),
    (&encoding_rs::ISO_8859_3_INIT, "csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 l3 latin3"),
    (&encoding_rs::ISO_8859_4_INIT, "csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 l4 latin4"),
    (&encoding_rs::ISO_8859_5_INIT, "csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 iso88595 iso_8859-5 iso_8859-5:1988"),
    (&encoding_rs::ISO_8859_6_INIT, "arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6 iso-8859-6-e iso-8859-6-i iso-ir-127 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987"),
    (&encoding_rs::ISO_8859_7_INIT, "csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 iso8859-7 iso88597 iso_8859-7 iso_8859-7:1987 sun_eu_greek"),
    (&encoding_rs::ISO_8859_8_INIT, "csiso88598e csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e iso-ir-138 iso8859-8 iso88598 iso_8859-8 iso_8859-8:1988 visual"),
    (&encoding_rs::ISO_8859_8_I_INIT, "csiso88598i iso-8859-8-i logical"),
    (&encoding_rs::KOI8_R_INIT, "cskoi8r koi koi8 koi8-r koi8_r"),
    (&encoding_rs::KOI8_U_INIT, "koi8-ru koi8-u"),
    (&encoding_rs::MACINTOSH_INIT, "csmacintosh mac macintosh x-mac-roman"),
    (&encoding_rs::SHIFT_JIS_INIT, "csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis"),
    (&encoding_rs::WINDOWS_1250_INIT, "cp1250 windows-1250 x-cp1250"),
    (&encoding_rs::WINDOWS_1251_INIT, "cp1251 windows-1251 x-cp1251"),
    (&encoding_rs::WINDOWS_1253_INIT, "cp1253 windows-1253 x-cp1253"),
    (&encoding_rs::WINDOWS_1254_INIT, "cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 iso_8859-9:1989 l5 latin5 windows-1254 x-cp1254"),
    (&encoding_rs::WINDOWS_1255_INIT, "cp1255 windows-1255 x-cp1255"),
    (&encoding_rs::WINDOWS_1256_INIT, "cp1256 windows-1256 x-cp1256"),
    (&encoding_rs::WINDOWS_1257_INIT, "cp1257 windows-1257 x-cp1257"),
    (&encoding_rs::WINDOWS_1258_INIT, "cp1258 windows-1258 x-cp1258"),
    (&encoding_rs::WINDOWS_874_INIT, "dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874"),
    (&encoding_rs::X_MAC_CYRILLIC_INIT, "x-mac-cyrillic x-mac-ukrainian"),
    (&encoding_rs::X_USER_DEFINED_INIT, "x-user-defined"),
];

#[test]
fn labels_are_those_of_the_standard() {
    let labels =
        || LABELS.iter().flat_map(|(it, labels)| labels.split(' ').map(move |label| (it, label)));
    for (encoding, label) in labels() {
        assert_eq!(Encoding::for_label(label.as_bytes()), Some(*encoding), "{label}");
    }
    assert_eq!(
        labels().count(),
        222,
        "as many as the standard has, without those of `replacement`"
    );
}
