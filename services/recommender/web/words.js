// The page's own words. {name} is filled in.

const WORDS = {
  id: {
    skip: "Langsung ke isi", language: "Bahasa", search: "Cari berita", find: "Cari",
    placeholder: "Cari berita, atau tempel alamat artikel",
    foot: "Halaman contoh Warta: daftar artikel terkait yang menjelaskan alasannya.", api: "API",
    forget: "Lupakan kunci API", newest: "Terbaru", results: "Hasil untuk “{q}”",
    count: "{n} artikel", countAbout: "lebih dari {n} artikel", sort: "Urutan", byScore: "Paling cocok",
    byNewest: "Terbaru", more: "Tampilkan lagi", nothing: "Tidak ada artikel yang cocok.",
    nothingHint: "Coba kata yang lebih umum, atau periksa ejaannya.",
    empty: "Belum ada artikel.", emptyHint: "Begitu ada yang terindeks, artikel muncul di sini.",
    loading: "Memuat…", updating: "Memperbarui…", loaded: "{n} artikel ditampilkan",
    readAt: "Baca di {site}", by: "Oleh {names}", editor: "Editor: {names}", modified: "diperbarui {time}",
    body: "Teks artikel ({n} paragraf)", topics: "Topik", paid: "Berbayar", metered: "Terbatas",
    related: "Rekomendasi Artikel", relatedNote: "Terbaru di atas. Tiap artikel punya alasannya.",
    time: "Waktu", fresh: "Terkini", context: "Sezaman",
    freshHint: "dekat dengan sekarang", contextHint: "dekat dengan waktu artikel ini", size: "Jumlah",
    why: "kenapa?", score: "Skor", partsOf: "Bagian skor", noReason: "Tidak ada alasan tercatat.",
    part_topic: "Topik", part_time: "Waktu", part_editor: "Redaksi",
    pin: "Pilihan redaksi", computed: "Dihitung {time}", validUntil: "berlaku sampai {time}",
    stale: "Daftar ini dari {time} dan belum bisa diperbarui.",
    short: "Hanya {n} dari {size} artikel. ", short_none: "Belum ada rekomendasi. ",
    short_no_more_candidates: "Tidak ada lagi artikel lain yang cukup dekat topiknya.",
    short_article_without_topics: "Artikel ini terlalu pendek atau umum untuk dikenali topiknya.",
    short_article_removed: "Artikel ini sudah dihapus.", short_other: "Alasannya: {code}.",
    retry: "Coba lagi", home: "Ke halaman depan",
    bad_title: "Permintaan itu tidak bisa dijawab", bad: "Periksa kata atau alamatnya.",
    key_title: "Perlu kunci API", key: "Tempel kunci dari pengelola Warta. Kunci hanya disimpan di tab ini sampai ditutup.",
    keyRefused: "Kunci itu ditolak. Periksa, lalu coba lagi.", keyLabel: "Kunci API", keySend: "Pakai kunci",
    missing_title: "Artikel tidak ditemukan", missing: "Alamatnya keliru, atau artikel ini belum terindeks.",
    removed_title: "Artikel sudah dihapus", removed: "Penerbit menariknya, jadi tidak ditampilkan lagi.",
    many_title: "Terlalu banyak permintaan", many: "Coba lagi dalam {seconds} detik.",
    busy_title: "Server belum bisa menjawab", busy: "Sedang sibuk, atau indeks belum siap. Coba lagi dalam {seconds} detik.",
    network_title: "Server tidak terjangkau", network: "Periksa sambungan, lalu coba lagi.",
    failed_title: "Ada yang salah di server", failed: "Bukan salah Anda. Coba lagi sebentar lagi.",
  },
  en: {
    skip: "Skip to content", language: "Language", search: "Search the news", find: "Search",
    placeholder: "Search the news, or paste an article’s address",
    foot: "Warta’s demo page: lists of related articles that say why.", api: "API",
    forget: "Forget the API key", newest: "Newest", results: "Results for “{q}”",
    count: "{n} articles", countAbout: "more than {n} articles", sort: "Order", byScore: "Best match",
    byNewest: "Newest", more: "Show more", nothing: "No article matches.",
    nothingHint: "Try a more general word, or check the spelling.",
    empty: "There are no articles yet.", emptyHint: "They show up here as soon as they are indexed.",
    loading: "Loading…", updating: "Updating…", loaded: "{n} articles shown",
    readAt: "Read at {site}", by: "By {names}", editor: "Editor: {names}", modified: "updated {time}",
    body: "Text of the article ({n} paragraphs)", topics: "Topics", paid: "Paid", metered: "Metered",
    related: "Related articles", relatedNote: "Newest first. Each says why it is here.",
    time: "Time", fresh: "Current", context: "Of its time",
    freshHint: "near to now", contextHint: "near to this article’s time", size: "How many",
    why: "why?", score: "Score", partsOf: "Parts of the score", noReason: "No reason was recorded.",
    part_topic: "Topic", part_time: "Time", part_editor: "Editors",
    pin: "Editors’ pick", computed: "Computed {time}", validUntil: "good until {time}",
    stale: "This list is from {time} and can’t be renewed yet.",
    short: "Only {n} of {size} articles. ", short_none: "Nothing to recommend yet. ",
    short_no_more_candidates: "No other article is close enough in topic.",
    short_article_without_topics: "This article is too short or too general to tell its topics.",
    short_article_removed: "This article was removed.", short_other: "The cause: {code}.",
    retry: "Try again", home: "To the front page",
    bad_title: "That can’t be answered", bad: "Check the words or the address.",
    key_title: "An API key is needed", key: "Paste the key that Warta’s operator gave you. It stays in this tab only, until you close it.",
    keyRefused: "That key was refused. Check it, then try again.", keyLabel: "API key", keySend: "Use the key",
    missing_title: "No such article", missing: "The address is wrong, or the article isn’t indexed yet.",
    removed_title: "The article was removed", removed: "Its publisher withdrew it, so it isn’t shown any more.",
    many_title: "Too many requests", many: "Try again in {seconds} seconds.",
    busy_title: "The server can’t answer yet", busy: "It is busy, or has no index yet. Try again in {seconds} seconds.",
    network_title: "The server can’t be reached", network: "Check the connection, then try again.",
    failed_title: "Something failed at the server", failed: "It isn’t your fault. Try again in a moment.",
  },
};
const KEPT = "warta.language";

export function language() {
  return document.documentElement.lang === "en" ? "en" : "id";
}

export function setLanguage(wanted) {
  document.documentElement.lang = wanted in WORDS ? wanted : "id";
  try {
    localStorage.setItem(KEPT, language());
  } catch {} // a browser that keeps nothing
}

export function keptLanguage() {
  try {
    return localStorage.getItem(KEPT) === "en" ? "en" : "id";
  } catch {
    return "id";
  }
}

export function knows(name) {
  return Object.hasOwn(WORDS[language()], name);
}

export function word(name, values = {}) {
  return WORDS[language()][name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
}

/** Put the words of the language into the page's fixed parts. */
export function translate() {
  for (const one of document.querySelectorAll("[data-word]")) one.textContent = word(one.dataset.word);
  for (const one of document.querySelectorAll("[data-label]")) one.setAttribute("aria-label", word(one.dataset.label));
  for (const one of document.querySelectorAll("[data-placeholder]")) one.placeholder = word(one.dataset.placeholder);
  for (const one of document.querySelectorAll("[data-language]")) {
    one.setAttribute("aria-pressed", String(one.dataset.language === language()));
  }
}
