return { process = function(doc) return #doc.text end }
