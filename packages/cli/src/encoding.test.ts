import { isUtf8 } from "node:buffer";
import { describe, expect, test } from "vitest";
import { readGroups } from "./read-groups.ts";

const readBytes = (bytes: Uint8Array, encoding?: string) =>
  readGroups(bytes, "groups.csv", encoding === undefined ? {} : { encoding }).map(({ name }) => name);
const csv = (...names: readonly Uint8Array[]) =>
  Buffer.concat([Buffer.from("name"), ...names.flatMap((name) => [Buffer.from("\n"), name])]);

/** The bytes in GBK of each character of GB 2312. */
const gbk = new Map<string, Buffer>();
for (let lead = 0xa1; lead <= 0xf7; lead++)
  for (let trail = 0xa1; trail <= 0xfe; trail++) {
    const bytes = Buffer.from([lead, trail]);
    gbk.set(new TextDecoder("gbk").decode(bytes), bytes);
  }
const toGbk = (text: string) => Buffer.concat(Array.from(text, (each) => gbk.get(each) ?? Buffer.from(each, "latin1")));

/** Numbers from 0 to 1, the same in each run (mulberry32). */
function createRandom(seed: number) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe("a file with one name in UTF-8, complete or cut, is read as UTF-8", () => {
  test.each([
    [
      "Russian",
      "Склад|Сбыт|Связь|Отдел кадров|Бухгалтерия|ИТ|HR-отдел|ПТО|Юристы|Снабжение|Охрана|Сервис|Дирекция|1С|Сад|Сила|Смола|Сода|Ёлка|«Склад»|РосАтом|Отдел №5|Склад-2",
    ],
    ["Ukrainian", "Відділ кадрів|Бухгалтерія|Склад|Їдальня|Ґанок|Євроремонт|З'єднання"],
    ["Bulgarian, Serbian, Macedonian", "Склад|Счетоводство|Одељење|Људски ресурси|Ќе|Ѓорче|Њива"],
    [
      "Kazakh, Tatar, Mongolian",
      "Қойма|Өндіріс|Қаржы бөлімі|Ұжым|Әкімшілік|Һава|Үйлдвэр|Хүний нөөц|Өргөө|Җыр|Ҡала|Ҙур",
    ],
    ["German", "Größe|Bäcker|Führung|Übersee|Büro|Köln|Straße 5|Öl|Müller & Söhne|für|Gäste|Äpfel|Wärme|Süd|Süß|Maß"],
    [
      "French",
      "Café|Été|Ingénierie|Créée|Forêt|À la carte|Qualité|Société|Noël|Île-de-France|Œuvre|Ça|Où|d'été|Pause à midi|Énergie²|« Été »|N° 5",
    ],
    [
      "Spanish, Portuguese",
      "Señor|Niños|Año|Dirección|Logística|¿Qué?|¡Ánimo!|2ª planta|Nº 5|Produção|São Paulo|Ação|Coração|Não|pão é pão|Avó|Água",
    ],
    [
      "Italian, Catalan, Romanian",
      "Qualità|Caffè|Perché|Città|Col·legi|Educació|Țară|Știință|Resurse umane și|Întreținere",
    ],
    [
      "Nordic, Estonian",
      "Försäljning|Ålesund|Øst|Kjøp|Kök|Työ|Ääni|Öö|Jäääär|Tööstus|Ísland|Þjónusta|Æsir|Hús|Smørrebrød",
    ],
    ["Polish", "Łódź|Żółw|Sprzedaż|Księgowość|Ślusarnia|Dział|Źródło|Ćwiczenia|Obsługa|Zażółć"],
    ["Czech, Slovak, Slovenian, Croatian", "Údržba|Účetnictví|Řízení|Čeština|Škola|Žižkov|Ľudia|Šipka|Đorđe|Ďábel"],
    ["Hungarian, Latvian, Lithuanian", "Űrhajó|Gépész|Könyvelés|Ügyfél|Őr|Rēzekne|Ūdens|Žąsis|Ėjimas|Įranga"],
    ["Turkish, Azerbaijani", "İş|Öğretmen|Şube|Çağrı|Üretim|Müşteri|İnsan kaynakları|Gümrük|Əmək|Şöbə"],
    ["Vietnamese", "Đổi mới|Phòng kế toán|Nhân sự|Kỹ thuật|Ưu tiên|Ở|Ổn định|Sản xuất|Mua hàng|Trường"],
    ["decomposed, as macOS writes", "Müller|Café|Phòng kế toán|Français|Nhân sự|Ąę|Škola"].map((each, index) =>
      index ? each.normalize("NFD") : each,
    ) as [string, string],
    ["Greek", "Σελίδα|Ομάδα|Πωλήσεις|Λογιστήριο|Αθήνα|Έρευνα|Ίδρυμα|Μέλι|Σίδερο|Διεύθυνση|Αποθήκη|Καλά"],
    ["Armenian, Georgian", "Երևան|Պահեստ|Հայաստան|Արտադրություն|Սերվիս|თბილისი|გაყიდვები|საწყობი"],
    ["Hebrew", "מחסן|מכירות|שרת|צוות|שיווק|משרד|קשר|תקשורת|צה״ל|ג׳ורג׳|הנהלה"],
    [
      "Arabic, Persian, Urdu",
      "المبيعات|الموارد البشرية|مخزن|قسم تقنية المعلومات|انبار|فروش|پشتیبانی|گروه ۵|می‌خواهم|شعبہ|ڈاک",
    ],
    ["Syriac, N'Ko, Dhivehi", "ܐܬܘܪ|ߒߞߏ|ދިވެހި"],
    ["Indic", "बिक्री|उत्पादन|क्‍ष|বিক্রয়|ਵਿਕਰੀ|વેચાણ|ବିକ୍ରୟ|விற்பனை|అమ్మకాలు|ಮಾರಾಟ|വിൽപ്പന|അവന്‍|ශ්‍රී"],
    ["Southeast Asian", "ฝ่ายขาย|บัญชี|ผลิต|ຝ່າຍຂາຍ|ផ្នែកលក់|ရောင်းအား"],
    ["Japanese", "営業部|総務|人事|製造部|カスタマーサポート|ﾃｽﾄ|お客様|情報システム課|々"],
    ["Korean", "영업부|인사|제조|고객지원|경영기획실|연구소"],
    ["Chinese", "制造部|研发部|人力资源|财务|市场部（一）|IT部|A组|客服中心|財務部|業務組|人資|行政-后勤|总经办|3号楼"],
    ["Tibetan, Mongolian script, Ethiopic", "བོད་ཡིག|ᠮᠣᠩᠭᠣᠯ|ሽያጭ"],
    ["emoji, and symbols", "👨‍👩‍👧|❤️‍🔥|1️⃣ first|🇨🇳 CN|👩🏽‍💻|🏴󠁧󠁢󠁥󠁮󠁧󠁿|5 °C|R&D®|Marketing™|10 µm|§ 5|A±B|→ Export"],
  ] satisfies [string, string][])("%s", (_, list) => {
    for (const name of list.split("|"))
      for (const typed of [name, ...name.split(" "), name.slice(0, 3), name.slice(0, 4)]) {
        const part = typed.replace(/[\s\p{M}\p{Cs}\p{Cf}]+$/u, "");
        if (part.length < 2) continue;
        expect(readBytes(csv(Buffer.from(part)))).toEqual([part]);
      }
  });
});

test("the words in names of countries, in many languages, are read as UTF-8", () => {
  const languages =
    "am ar az be bg bn bs ca cs da de el es et fa fi fr gu ha he hi hu hy is it ja ka kab kk kn ko lt lv mk mn nb pl pt ro ru sat sr ta te th uk uz vi";
  const letters = Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
  const codes = letters.flatMap((first) => letters.map((second) => first + second));
  let count = 0;
  for (const language of languages.split(" ")) {
    const regions = new Intl.DisplayNames(language, { type: "region", fallback: "none" });
    const names = new Set(
      codes.flatMap((code) => regions.of(code)?.split(/[ (),]+/) ?? []).filter(({ length }) => length > 1),
    );
    for (const name of names) expect(readBytes(csv(Buffer.from(name)))).toEqual([name]);
    count += names.size;
  }
  expect(count).toBeGreaterThan(10_000);
});

describe("names in GBK", () => {
  const names =
    "财务|人事|行政|销售|市场|研发|生产|制造|采购|仓库|物流|质检|质量|品控|客服|法务|审计|工程|设备|安全|后勤|信息|技术|产品|设计|运营|推广|" +
    "品牌|公关|战略|投资|证券|培训|招聘|薪酬|绩效|医药|药业|专职|专员|站长|位置|小组|小学|校长|路政|一路|业务|主业|医院|药房|护士|医生|教师|" +
    "学生|班长|保安|保洁|司机|厨师|前台|助理|经理|总监|主管|组长|董事|监事|股东|会计|出纳|税务|资产|预算|成本|结算|开票|合同|档案|秘书|翻译|编辑|" +
    "记者|摄影|美工|测试|运维|前端|后端|架构|算法|数据|网络|硬件|软件|嵌入|模具|注塑|冲压|焊接|喷涂|装配|包装|维修|计划|调度|外贸|内贸|电商|门店|" +
    "直播|渠道|大客户|售前|售后|维保|纪检|党办|工会|团委|妇联|联通|移动|电信|为民|维稳|伟业|转运|驻外|猫毛|写字楼|鞋业|芯片|卓越|装置|壮志|" +
    "桩基|砖厂|转专业|住宅|志愿|只读|支部|直属|职工|植物|执行|指挥|纸业|至善|制药|智能|中心|总部|分部|夜班|野外|页面|叶片|冶金|遥测|窑炉";

  test("are never read as UTF-8, even if a file has only one", () => {
    const misread = names.split("|").filter((name) => {
      try {
        return readBytes(csv(toGbk(name)));
      } catch {
        return false;
      }
    });
    expect(misread).toEqual([]);
  });

  test("with 2 to 4 random common characters are refused in at least 98 % of the cases that are valid UTF-8", () => {
    const random = createRandom(1);
    const common = Array.from(gbk.values()).filter(([lead = 0]) => lead >= 0xb0 && lead < 0xd7);
    const draw = () => common[Math.floor(random() * common.length)] as Buffer;
    const samples = Array.from({ length: 60_000 }, (_, index) => Array.from({ length: 2 + (index % 3) }, draw));
    const valid = samples.map((each) => csv(...[Buffer.concat(each)])).filter((each) => isUtf8(each));
    const refused = valid.filter((bytes) => {
      try {
        return !readBytes(bytes);
      } catch {
        return true;
      }
    });
    expect(valid.length).toBeGreaterThan(500);
    expect(refused.length / valid.length).toBeGreaterThan(0.98);
  });

  test("are shown in both encodings, and read as the one that --encoding or a mark says", () => {
    const bytes = csv(Buffer.from("HR"), toGbk("药业"));
    expect(() => readBytes(bytes)).toThrow(
      'groups.csv may be UTF-8 or GBK: line 3 is "ҩҵ" in UTF-8, and "药业" in GBK. Add --encoding utf-8 or --encoding gbk',
    );
    expect(readBytes(bytes, "gbk")).toEqual(["HR", "药业"]);
    expect(readBytes(bytes, "utf-8")).toEqual(["HR", "ҩҵ"]);
    expect(readBytes(Buffer.concat([Buffer.from("\uFEFF"), bytes]))).toEqual(["HR", "ҩҵ"]);
  });

  test("that are also words in UTF-8 are read as UTF-8: nothing shows the difference", () => {
    expect(readBytes(csv(toGbk("专注")))).toEqual(["רע"]);
  });

  test("are doubtful only if the whole file is valid GBK", () => {
    expect(readBytes(csv(toGbk("药业"), Buffer.from("制造部")))).toEqual(["ҩҵ", "制造部"]);
  });

  test("that are not valid UTF-8 are shown as GBK", () => {
    expect(() => readBytes(csv(Buffer.from("ok"), toGbk("制造部")))).toThrow(
      'groups.csv is not UTF-8: see line 3\n  in GBK that line is "制造部": if that is right, add --encoding gbk\n  otherwise save it as "CSV UTF-8"',
    );
  });
});

describe("other encodings", () => {
  const text = "name\n制造部\n研发部\n";

  test("a byte order mark wins over --encoding", () => {
    const little = Buffer.from(`\uFEFF${text}`, "utf16le");
    for (const bytes of [Buffer.from(`\uFEFF${text}`), little, Buffer.from(little).swap16()])
      for (const encoding of [undefined, "gbk"]) expect(readBytes(bytes, encoding)).toEqual(["制造部", "研发部"]);
  });

  test.each(["gbk", "GB2312", "gb18030"])("--encoding %s reads the file", (encoding) => {
    expect(readBytes(toGbk(text), encoding)).toEqual(["制造部", "研发部"]);
  });

  test.each([
    ["UTF-16 without its mark", Buffer.from(text, "utf16le"), undefined, "add --encoding utf-16le"],
    ["UTF-16 big-endian without its mark", Buffer.from(text, "utf16le").swap16(), undefined, "add --encoding utf-16be"],
    ["Big5", csv(Buffer.from([0xbb, 0x73, 0xb3, 0x79])), undefined, "is not UTF-8: see line 2"],
    [
      "Shift_JIS",
      csv(Buffer.from([0x89, 0x63, 0x8b, 0xc6, 0x95])),
      undefined,
      "is not UTF-8: see line 2\n  save it as",
    ],
    ["Windows-1251", csv(Buffer.from([0xce, 0xf2, 0xe4, 0xe5, 0xeb])), undefined, "is not UTF-8: see line 2"],
    [
      "a workbook",
      Buffer.from("PK\u0003\u0004\u00ff", "latin1"),
      undefined,
      "must be CSV or JSON lines, not a workbook",
    ],
    [
      "bytes that are not valid in the named encoding",
      csv(Buffer.from([0xff, 0x20])),
      "euc-kr",
      "must be euc-kr, as --encoding says",
    ],
    [
      "bytes that do not match the byte order mark",
      Buffer.from("\u00ef\u00bb\u00bfname\n\u00d6\u00c6", "latin1"),
      "gbk",
      "must be utf-8, as its byte order mark says",
    ],
    ["a cut character at the end", csv(Buffer.from([0xd6])), "gbk", "must be gbk, as --encoding says"],
    [
      "an unknown encoding",
      csv(Buffer.from("a")),
      "gkb",
      "--encoding must be an encoding that this Node.js decodes, such as utf-8, gbk,",
    ],
  ])("%s is refused", (_, bytes, encoding, fault) => {
    expect(() => readBytes(bytes, encoding)).toThrow(fault);
  });
});
