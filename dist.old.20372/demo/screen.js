const UNITS = [
    'B',
    'KiB',
    'MiB',
    'GiB',
    'TiB'
];
/** In binary units with one decimal: `20.0 MiB`; bytes without decimals. */ export function humanBytes(bytes) {
    let value = bytes;
    let unit = 0;
    while(value >= 1024 && unit < UNITS.length - 1){
        value /= 1024;
        unit += 1;
    }
    return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
}
/**
 * Prints steps. On a terminal, moving parts redraw in place; elsewhere each change is a line, so that logs stay
 * readable.
 */ export class Screen {
    /** A numbered heading; the number is the screen's own. */ title(text) {
        this.settle();
        this.step += 1;
        process.stdout.write(`\n${this.step}. ${text}\n`);
    }
    /** A line that stays. */ line(text) {
        this.settle();
        process.stdout.write(`   ${text}\n`);
    }
    /** A progress bar; without a terminal one line for each fifth. */ progress(done, total) {
        const share = total === 0 ? 1 : Math.min(1, done / total);
        const percent = Math.floor(share * 100);
        if (this.live) {
            const bar = '#'.repeat(Math.round(share * 30)).padEnd(30, '.');
            this.block([
                `[${bar}] ${String(percent).padStart(3)} %  ${humanBytes(done)} of ${humanBytes(total)}`
            ]);
        } else if (Math.floor(percent / 20) !== Math.floor(this.lastPercent / 20)) {
            process.stdout.write(`   ${percent} %  ${humanBytes(done)} of ${humanBytes(total)}\n`);
        }
        this.lastPercent = percent;
        if (share === 1) this.lastPercent = -1;
    }
    /** Lines that replace the previous block on a terminal, and are printed only when they changed elsewhere. */ block(lines) {
        const text = lines.map((line)=>`   ${line}`).join('\n');
        if (text === this.lastBlock) return;
        this.lastBlock = text;
        if (this.live && this.drawn > 0) process.stdout.write(`\u001b[${this.drawn}A\u001b[0J`);
        process.stdout.write(`${text}\n`);
        this.drawn = lines.length;
    }
    /** What was drawn stays as it is; the next block is drawn below it. */ settle() {
        this.drawn = 0;
        this.lastBlock = '';
    }
    constructor(){
        this.drawn = 0;
        this.lastBlock = '';
        this.lastPercent = -1;
        this.live = process.stdout.isTTY === true;
        this.step = 0;
    }
}

//# sourceMappingURL=screen.js.map
