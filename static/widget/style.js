/** The panel's look: values, then meanings, then components. Adopted, so that a strict CSP allows it. */

const CSS = `
:host{--bd-brand:#8a1c4a;--bd-on-brand:#fff;--bd-accent:var(--bd-brand);--bd-paper:#fff;--bd-ink:#1b1a1a;
--bd-grey:#5f5b5d;--bd-line:#dfdbdd;--bd-edge:#8b8688;--bd-wash:#f1eff0;--bd-red:#a3271c}
:host([data-theme=dark]){--bd-paper:#1b191a;--bd-ink:#f3f0f1;--bd-grey:#aaa4a7;--bd-line:#3a3638;--bd-edge:#8b8688;
--bd-wash:#2a2728;--bd-red:#ff9d92}
.panel,.panel *{box-sizing:border-box}
.panel{all:initial;box-sizing:border-box;position:fixed;inset-block-end:20px;inset-inline-end:20px;
display:flex;flex-direction:column;inline-size:400px;block-size:min(640px,calc(100vh - 40px));overflow:hidden;
border-radius:16px;background:var(--bd-paper);color:var(--bd-ink);box-shadow:0 12px 40px rgb(0 0 0/.28);
font:400 15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;text-align:start}
.panel[hidden],.panel [hidden]{display:none}
.panel.left{left:20px;right:auto}.panel.right{right:20px;left:auto}
.panel.inline{position:relative;inset:auto;inline-size:100%;block-size:100%;min-block-size:480px}
@media (max-width:480px){.panel:not(.inline){inset:0;inline-size:100%;block-size:100%;border-radius:0}}
button{font:inherit;color:inherit;background:none;border:0;padding:0;cursor:pointer;min-block-size:44px;min-inline-size:44px}
button:disabled{cursor:default}
:focus-visible{outline:3px solid var(--bd-accent);outline-offset:2px}
header :focus-visible,.greeting :focus-visible{outline-color:var(--bd-on-brand)}
a{color:var(--bd-accent)}
header{container-type:inline-size;display:flex;align-items:center;gap:10px;padding:10px 8px 10px 16px;background:var(--bd-brand);color:var(--bd-on-brand);flex:none}
header:dir(rtl){padding:10px 16px 10px 8px}
.face{inline-size:36px;block-size:36px;flex:none;border-radius:18px;display:grid;place-items:center;overflow:hidden;
background:var(--bd-on-brand);color:var(--bd-brand);font-weight:600}
.face img{inline-size:100%;block-size:100%;object-fit:cover}
.who{flex:1;min-inline-size:0}
.who b,.who span{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2;overflow:hidden;overflow-wrap:anywhere;line-height:1.3}
.who b{font-weight:600}.who span{font-size:13px}
@media (max-width:360px){header{gap:8px;padding-inline-start:12px}header .person{padding-inline:10px;font-size:13px}.face{display:none}}
.long{display:none}@container (min-width:560px){.short{display:none}.long{display:inline}}
header .person{border:1px solid currentColor;border-radius:22px;padding-inline:12px;font-size:14px;font-weight:500;white-space:nowrap}
.plain{display:grid;place-items:center}
.scroll{flex:1;overflow-y:auto;overscroll-behavior:contain;display:flex;flex-direction:column}
.greeting{background:var(--bd-brand);color:var(--bd-on-brand);padding:24px 16px 36px;font-size:26px;line-height:1.3;font-weight:650;
margin:0;overflow-wrap:anywhere}
.greeting{position:relative;isolation:isolate;overflow:hidden}
.greeting::after{content:"";position:absolute;z-index:-1;inset:auto -30% -60% 20%;block-size:100%;border-radius:50%;background:rgb(0 0 0/.12)}
.greeting:empty{padding:0}
.past .greeting{background:none;color:inherit;padding:16px 16px 0;font-size:15px;line-height:1.55;font-weight:400}
.past .greeting::after{display:none}.past .questions{display:none}
.questions{list-style:none;margin:0;padding:8px 16px}
.questions li+li{border-block-start:1px solid var(--bd-line)}
.questions button{display:flex;align-items:center;justify-content:space-between;gap:12px;inline-size:100%;min-block-size:52px;padding-block:8px;text-align:start;font-weight:500}
.questions .icon{color:var(--bd-accent);flex:none}
.icon-arrow:dir(rtl){transform:scaleX(-1)}
.log{display:flex;flex-direction:column;gap:14px;padding:16px}
.log:empty{padding:0}
.message{overflow-wrap:anywhere;max-inline-size:100%}
.message p,.message ul,.message ol{margin:0 0 8px}.message>div>:last-child{margin-block-end:0}
.message ul,.message ol{padding-inline-start:22px}
.message code{font:13px ui-monospace,monospace;background:var(--bd-wash);border-radius:4px;padding:1px 4px}
.visitor{align-self:flex-end;max-inline-size:82%;background:var(--bd-brand);color:var(--bd-on-brand);padding:9px 14px;
border-radius:14px 14px 2px 14px;white-space:pre-wrap}
.unsent{background:none;color:inherit;border:1px dashed var(--bd-edge)}.unsent small{display:block;color:var(--bd-red);font-size:13px}
.visitor:dir(rtl){border-radius:14px 14px 14px 2px}
.system{align-self:center;color:var(--bd-grey);font-size:14px;text-align:center}
.name{font-size:13px;font-weight:600;color:var(--bd-grey)}
.sr{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.streaming>div>:last-child::after{content:"";display:inline-block;inline-size:2px;block-size:1.1em;margin-inline-start:2px;
vertical-align:text-bottom;background:var(--bd-accent)}
.cite{display:inline-grid;place-items:center;position:relative;min-inline-size:22px;block-size:22px;margin-inline:3px;padding-inline:5px;
border-radius:5px;background:var(--bd-wash);color:var(--bd-accent);font-size:13px;font-weight:600;line-height:1;text-decoration:none;cursor:pointer}
.cite::after{content:"";position:absolute;inset:-11px}
.cite[aria-expanded=true]{background:var(--bd-accent);color:var(--bd-paper)}
.sources{list-style:none;margin:4px 0 0;padding:0}
.message .sources{padding:0}
.sources .cite{margin-inline-start:0}
.sources>li>a.row{display:flex;align-items:center;gap:8px;min-block-size:44px;color:inherit;text-decoration:none;font-size:14px;cursor:pointer}
.quote{margin:4px 0 8px;padding-inline-start:12px;border-inline-start:2px solid var(--bd-accent);font-size:14px}
.quote blockquote{margin:2px 0;color:var(--bd-grey)}
.quote a{display:inline-flex;align-items:center;gap:6px;min-block-size:44px;text-decoration:none}
.quote .icon{inline-size:16px;block-size:16px}
.status{display:flex;align-items:center;gap:8px;padding:0 16px 14px;color:var(--bd-grey);font-size:14px}
.welcome[hidden]~.status{padding-top:16px}
.status .icon{inline-size:16px;block-size:16px;flex:none}
.card{border:1px solid var(--bd-line);border-radius:8px;padding:16px}
.card .title{margin:0 0 8px;font-size:18px;line-height:1.3;font-weight:650;overflow-wrap:anywhere}
.card dl{display:grid;grid-template-columns:auto 1fr;gap:4px 16px;margin:0 0 12px;font-size:14px}
.card dt{color:var(--bd-grey)}.card dd{margin:0;overflow-wrap:anywhere}
.card p{margin:0;font-size:14px;color:var(--bd-grey)}.card p.problem{color:var(--bd-red)}
.choices{display:flex;flex-wrap:wrap;gap:8px;margin-block-end:10px}
.solid,.outline{border-radius:8px;padding-inline:16px;font-weight:500}
.solid{flex:1;background:var(--bd-brand);color:var(--bd-on-brand)}
.outline{border:1px solid var(--bd-edge)}
.choices button:disabled{opacity:.6}
.notice{display:flex;flex-wrap:wrap;align-items:center;gap:8px;padding:8px 16px;font-size:14px;background:var(--bd-wash);flex:none}
.notice span{flex:1 1 160px}
form{display:flex;align-items:flex-end;gap:4px;margin:0 16px 16px;border:1px solid var(--bd-edge);border-radius:8px;flex:none;padding:3px}
form:focus-within{outline:2px solid var(--bd-accent);outline-offset:-2px}
textarea{all:unset;box-sizing:border-box;flex:1;min-inline-size:0;min-block-size:44px;max-block-size:132px;padding:10px 12px;
font:inherit;color:inherit;white-space:pre-wrap;overflow-wrap:anywhere;overflow-y:auto;field-sizing:content}
textarea:focus-visible,input:focus-visible{outline:none}
.ask{padding:0;border:0;margin:0 16px 14px}.ask form{margin:0}
input{all:unset;box-sizing:border-box;flex:1;min-inline-size:0;min-block-size:44px;padding-inline:12px;color:inherit}
.ask .solid{flex:none}input::placeholder{color:var(--bd-grey)}
textarea::placeholder{color:var(--bd-grey);opacity:1}
.send{display:grid;place-items:center;inline-size:44px;block-size:44px;border-radius:22px;background:var(--bd-brand);color:var(--bd-on-brand)}
.send:disabled{background:var(--bd-wash);color:var(--bd-grey)}
@media (prefers-reduced-motion:no-preference){.panel:not(.inline){animation:rise .16s ease-out}
@keyframes rise{from{opacity:0;transform:translateY(8px)}}
.streaming>div>:last-child::after{animation:blink 1s steps(2) infinite}@keyframes blink{50%{opacity:0}}}
@media (forced-colors:active){.panel,.visitor,.cite,.send{border:1px solid}}
`;

/** Adopt the panel's sheet into a shadow root, beside what is there. */
export function dress(root) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}
