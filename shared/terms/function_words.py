"""Words that carry grammar or reporting, not topics: closed classes of Indonesian and English.

They are language knowledge, as a stemmer is, and say nothing on what the news is about.
"""

INDONESIAN = frozenset(
    """
    ada adalah adanya agar akan akhirnya aku akibat alih amat anda antar antara apa apabila apakah apalagi asal atas atau
    ataupun awal awalnya bagaimana bagai bagi bagian bahkan bahwa baik bakal banyak baru bawah beberapa begini begitu
    belakangan belum benar berada berapa berbagai berdasarkan berikut berita bersama bersamaan besar betul biasa biasanya
    bila bisa boleh bukan cara cukup cuma dahulu dalam dan dapat dari daripada datang dekat dengan depan demi demikian di
    dia diberikan diketahui dikutip dilakukan dilansir dinilai dirinya disebut disebutkan ditanya dua duga enam empat guna
    hal hampir hanya harap hari harus hendak hingga ia ialah ikut ingin ini itu itulah iya jadi jangan jarang jauh jelas
    jelasnya jika jikalau juga jumlah justru kala kalau kali kalian kami kamu kapan karena kata katanya ke kecil kecuali
    kedua keduanya keempat kelima kemarin kembali kemudian kenapa kendati kepada kerap kesal ketiga ketika kini kita kok
    kurang lagi lain lainnya lalu lama langsung lanjut lanjutnya lantaran lebih lewat lima maka makin malah mampu mana
    masih masing-masing maupun melainkan melakukan melalui memang memberi memberikan membuat memiliki meminta mempunyai
    menambahkan mengaku mengakui mengapa mengatakan mengenai menilai menjadi menjelaskan menurut menurutnya menuturkan
    menyampaikan menyatakan menyebut menyebutkan mereka meski meskipun misalnya mulai mungkin namun nah nanti nantinya
    nya nyaris oleh orang pada padahal paling para pasti pekan per perlu pernah pertama pihak pihaknya pula pun punya rupanya
    saat saja salah sama sambil sampai sana sangat satu saya se sebab sebagai sebagaimana sebagian sebanyak sebelum
    sebelumnya sebuah secara sedang sedangkan sehingga sejak sejumlah sekali sekalipun sekarang sekitar selain selaku
    selalu selama selanjutnya seluruh semakin sementara semua sempat semula seorang seperti sering serta sesuai sesudah
    setelah setiap sewaktu si siapa sini soal suatu sudah supaya tadi tahu tahun tak tambah tambahnya tanpa tapi tegas
    tegasnya telah tempat tengah tentang tentu terakhir terhadap terjadi terkait termasuk ternyata tersebut tetap tetapi
    tiap tiba tidak tidaklah tiga tutur tuturnya turut ucap ucapnya ujar ujarnya ungkap ungkapnya untuk usai waktu walau
    walaupun yaitu yakni yang
    """.split()
)

ENGLISH = frozenset(
    """
    a about above according across after again against ago all almost along already also although always am amid among an
    and another any anyone are around as asked at away back be became because become been before began being below between
    both but by called came can cannot come could day days did do does doing done down due during each early either else
    end even ever every everyone few first for former found four from further gave get getting give given go goes going
    good got great had half has have having he her here hers herself him himself his how however i if in including inside
    instead into is it its itself just keep kept know known last late later least less let like likely little long made
    make making many may me might mine month months more moreover most much must my myself near nearly need needs never new
    next no none nor not nothing now of off often old on once one only onto or other others our ours out outside over own
    part per perhaps place put quite rather really recent recently said same saw say saying says second see seen several
    shall she should since six so some someone something soon still such take taken taking tell than that the their theirs
    them themselves then there these they thing things think this those though thought three through time times to today
    together told tomorrow too took toward towards two under until up upon us use used using very via want wanted was way
    we week weeks well went were what when where whether which while who whom whose why will with within without would
    year years yesterday yet you your yours
    """.split()
)

MONTHS_AND_DAYS = frozenset(
    """
    januari februari maret april mei juni juli agustus september oktober november desember senin selasa rabu kamis jumat
    jum'at sabtu minggu january february march may june july august october december monday tuesday wednesday thursday
    friday saturday sunday jan feb mar apr jun jul aug agu sep sept oct okt nov dec des wib wita wit
    """.split()
)

# Before a name, in capitals, but no part of it.
ROLES = frozenset(
    """
    presiden wakil wapres perdana menteri pemimpin ketua anggota kepala direktur utama jenderal gubernur bupati wali kota
    walikota camat duta besar sekretaris juru bicara komisaris kolonel letjen mayjen brigjen kombes akbp kompol ipda letnan
    mayor kapten sersan laksamana marsekal hakim jaksa pengacara profesor prof dr drs ir hj haji ustaz kiai kyai gus pak
    bapak ibu bu mas sri raja ratu pangeran sultan paus pelatih president vice prime minister chairman chairwoman chief
    executive director general governor mayor senator sen rep representative gov secretary spokesman spokeswoman ambassador
    judge justice attorney colonel captain lieutenant sergeant professor mr mrs ms king queen prince princess pope coach
    """.split()
)

# Lower-case words inside names: "University of …", "… bin …".
NAME_JOINTS = frozenset(("al", "bin", "binti", "da", "de", "del", "der", "di", "du", "la", "le", "of", "van", "von"))

ABBREVIATED_BEFORE_NAMES = frozenset(("dr", "drs", "gen", "gov", "h", "hj", "ir", "kh", "mr", "mrs", "ms", "prof", "rep", "sen", "st"))
