@rem In sh, exec hands signals sent to npm on to Node. cmd knows no such word; npm start finds it here.
@%*
