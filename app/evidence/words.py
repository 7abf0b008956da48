"""The wording of the papers, in Indonesian and English: a form of its own, it does not follow the screen's catalogue.

"Berita acara" is the title under which Indonesian offices file a statement of what was done (minutes, record).
"""

from __future__ import annotations

from collections.abc import Mapping

ENGLISH: Mapping[str, str] = {
    "title": "Record of handing over camera recordings",
    "intro": "This record belongs to the folder in which it lies. The pictures were copied from the recordings as "
             "whole groups of pictures; nothing was encoded again, cut within a group, or drawn into.",
    "case": "Case", "words": "Remarks", "category": "Category", "agency": "Agency", "recipient": "Handed to",
    "legal_basis": "Legal basis", "operator": "Operator", "station": "Station", "made": "Made",
    "requested": "Asked for", "program": "Program", "to": "to",
    "camera": "Camera", "area": "Area", "owner": "Owner", "agreement": "Agreement", "device": "Device",
    "place": "Place", "turned": "Shown turned",
    "turned_by": "{degrees}° clockwise; the clips hold the pictures as the camera sent them",
    "span": "Contained", "part": "Part", "file": "File", "before": "begins {s} s before the mark",
    "after": "ends {s} s after the mark", "pictures": "{n} pictures, {w}×{h}, {codec}",
    "gaps": "Without pictures", "no_gaps": "No gap within the span asked for.", "clock": "Clock",
    "nothing": "Of this camera nothing could be copied.", "still": "Still picture of {at}",
    "unreadable": "Could not be read: {name}", "changed": "Changed since it was recorded: {name}",
    "headless": "{n} pictures without a key picture before them were left out.",
    "hashes": "Files and their SHA-256", "bytes": "bytes",
    "certificate": "Fingerprint (SHA-256) of the station's certificate",
    "compare": "Compare this fingerprint with the one that the station has made known in another way: only then the "
               "signature shows who signed.",
    "check": "To check: open verify.html in a browser and drop the folder or the ZIP on it; or follow verify.txt; or "
             "python main.py verify FOLDER.",
    "custody": "Head of the station's chain of custody, line {line}",
    "signed": "Signatures", "place_date": "Place, date", "giver": "Handed over by", "taker": "Received by",
    "page": "Page {n} of {all}",
    "source.signed": "signed by the camera", "source.sender_report": "the camera's own clock (RTCP)",
    "source.arrival": "arrival at the station",
    "clock_line": "{source}; error up to {error} s; camera minus station: {offset}; station's clock held by NTP: {ntp}",
    "unknown": "unknown", "yes": "yes", "no": "no", "seconds": "{s} s", "point": ".",
    "category.flood": "flood", "category.crime": "crime", "category.traffic": "traffic", "category.rubbish": "rubbish",
    "category.fire": "fire", "category.medical": "medical", "category.unrest": "unrest", "category.other": "other",
    "cause.camera_lost": "camera could not be reached", "cause.not_wanted": "not recorded by policy",
    "cause.disk_full": "disk full", "cause.disk_slow": "disk too slow", "cause.disk_gone": "disk gone",
    "cause.storage_away": "on a storage that was away when this was made",
    "cause.stopped": "program not running", "cause.crashed": "program or machine failed",
    "cause.clock_step": "station's clock was set", "cause.no_key_picture": "no key picture",
    "cause.deleted": "deleted by retention", "cause.damaged": "damaged", "cause.unknown": "cause unknown",
    "split.parameters": "new file: camera changed its settings", "split.run": "new file: recording began anew",
    "split.gap": "new file: gap before it", "split.clock": "new file: clock was set",
}

INDONESIAN: Mapping[str, str] = {
    "title": "Berita Acara Penyerahan Rekaman Kamera",
    "intro": "Berita acara ini merupakan bagian dari folder tempatnya berada. Gambar disalin dari rekaman sebagai "
             "kelompok gambar yang utuh; tidak ada yang dikodekan ulang, dipotong di dalam kelompok, atau digambari.",
    "case": "Perkara", "words": "Keterangan", "category": "Kategori", "agency": "Instansi",
    "recipient": "Diserahkan kepada", "legal_basis": "Dasar hukum", "operator": "Operator", "station": "Stasiun",
    "made": "Dibuat", "requested": "Diminta", "program": "Program", "to": "s.d.",
    "camera": "Kamera", "area": "Wilayah", "owner": "Pemilik", "agreement": "Perjanjian", "device": "Perangkat",
    "place": "Lokasi", "turned": "Ditampilkan diputar",
    "turned_by": "{degrees}° searah jarum jam; klip memuat gambar sebagaimana dikirim kamera",
    "span": "Termuat", "part": "Bagian", "file": "Berkas",
    "before": "mulai {s} dtk sebelum tanda", "after": "selesai {s} dtk setelah tanda",
    "pictures": "{n} gambar, {w}×{h}, {codec}",
    "gaps": "Tanpa gambar", "no_gaps": "Tidak ada jeda dalam rentang yang diminta.", "clock": "Jam",
    "nothing": "Dari kamera ini tidak ada yang dapat disalin.", "still": "Gambar diam pukul {at}",
    "unreadable": "Tidak dapat dibaca: {name}", "changed": "Berubah sejak direkam: {name}",
    "headless": "{n} gambar tanpa gambar kunci sebelumnya tidak disertakan.",
    "hashes": "Berkas dan SHA-256-nya", "bytes": "bita",
    "certificate": "Sidik jari (SHA-256) sertifikat stasiun",
    "compare": "Bandingkan sidik jari ini dengan yang diumumkan stasiun lewat jalur lain: baru setelah itu tanda "
               "tangan menunjukkan siapa yang menandatangani.",
    "check": "Cara memeriksa: buka verify.html di peramban lalu jatuhkan folder atau ZIP di atasnya; atau ikuti "
             "verify.txt; atau python main.py verify FOLDER.",
    "custody": "Ujung rantai penanganan stasiun, baris {line}",
    "signed": "Tanda tangan", "place_date": "Tempat, tanggal", "giver": "Yang menyerahkan", "taker": "Yang menerima",
    "page": "Halaman {n} dari {all}",
    "source.signed": "ditandatangani kamera", "source.sender_report": "jam kamera sendiri (RTCP)",
    "source.arrival": "saat tiba di stasiun",
    "clock_line": "{source}; galat paling besar {error} dtk; kamera dikurangi stasiun: {offset}; jam stasiun "
                  "disetel NTP: {ntp}",
    "unknown": "tidak diketahui", "yes": "ya", "no": "tidak", "seconds": "{s} dtk", "point": ",",
    "category.flood": "banjir", "category.crime": "kriminal", "category.traffic": "lalu lintas",
    "category.rubbish": "sampah", "category.fire": "kebakaran", "category.medical": "medis",
    "category.unrest": "kericuhan", "category.other": "lainnya",
    "cause.camera_lost": "kamera tidak terjangkau", "cause.not_wanted": "tidak direkam menurut aturan",
    "cause.disk_full": "diska penuh", "cause.disk_slow": "diska terlalu lambat", "cause.disk_gone": "diska hilang",
    "cause.storage_away": "di penyimpanan yang tidak terpasang saat ini dibuat",
    "cause.stopped": "program tidak berjalan", "cause.crashed": "program atau mesin gagal",
    "cause.clock_step": "jam stasiun disetel", "cause.no_key_picture": "tanpa gambar kunci",
    "cause.deleted": "dihapus menurut masa simpan", "cause.damaged": "rusak", "cause.unknown": "sebab tidak diketahui",
    "split.parameters": "berkas baru: kamera mengubah setelannya", "split.run": "berkas baru: perekaman dimulai lagi",
    "split.gap": "berkas baru: ada jeda sebelumnya", "split.clock": "berkas baru: jam disetel",
}


def words(language: str) -> Mapping[str, str]:
    """The wording for "id", English for everything else."""
    return INDONESIAN if language == "id" else ENGLISH
